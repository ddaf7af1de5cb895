using System.Buffers;
using System.Text;

namespace Cairn.FileSystems.Local;

/// <summary>Which names a local file can have: what is refused before the disk is asked.</summary>
internal static class LocalNames
{
    /// <summary>The longest path in UTF-8 bytes that Linux takes (PATH_MAX), less its leading slash and the closing NUL.</summary>
    public const int MaxKeyLength = 4096 - 2;

    private const int MaxSegmentLength = 255;

    private static readonly SearchValues<char> NotOnWindows = SearchValues.Create("<>:\"|?*");

    /// <summary>Throws <see cref="FileSystemErrorCode.InvalidPath"/> for a path that could not be a local name, or would be another file's.</summary>
    public static void Check(StoragePath path)
    {
        var drive = OperatingSystem.IsWindows() ? 1 : 0;
        foreach (var segment in path.Key.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (drive > 0)
                CheckDrive(path, segment);
            else
                CheckSegment(path, segment);
            drive--;
        }
    }

    /// <summary>Whether any file on a disk could have this raw name; <c>a//b</c> and <c>a/../b</c> would be other files.</summary>
    public static bool CanExist(StoragePath path) => path.Key.Split('/').All(segment => segment is not ("" or "." or ".."));

    private static void CheckSegment(StoragePath path, string segment)
    {
        if (TemporaryName.Matches(segment))
            throw FileSystemException.InvalidPath(path, $"names like '{segment}' are kept for files that are being written");
        if (!IsWellFormed(segment))
            throw FileSystemException.InvalidPath(path, "it holds half a surrogate pair, which no file name can");
        if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentLength)
            throw FileSystemException.InvalidPath(path, $"a name between two slashes has at most {MaxSegmentLength} bytes on a disk");
        if (OperatingSystem.IsWindows() && (segment.AsSpan().IndexOfAny(NotOnWindows) >= 0 || segment[^1] is '.' or ' ' || segment.Any(char.IsControl)))
            throw FileSystemException.InvalidPath(path, $"Windows takes no name like '{segment}'");
    }

    private static void CheckDrive(StoragePath path, string segment)
    {
        if (segment.Length != 2 || !char.IsAsciiLetter(segment[0]) || segment[1] != ':')
            throw FileSystemException.InvalidPath(path, "on Windows it begins with a drive: file:/C:/…");
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]))
                return false;
        }
        return true;
    }
}
