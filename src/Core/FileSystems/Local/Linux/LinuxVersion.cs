using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Linux;

/// <summary>
/// The ETag of a local file. Inode numbers are reused at once and timestamps tick every few milliseconds, so neither tells two quick versions of one path apart;
/// therefore each writer leaves its random id in an extended attribute of the file, and the ETag is that id with modification time and size
/// (which tell a change in place by another program). A file without the attribute, because another program wrote it or the disk takes none,
/// has inode, both times and size instead: the best there is.
/// </summary>
/// <remarks>The change time is no part of the first kind, so that chmod, a new hard link or a backup does not make a new version.</remarks>
internal static class LinuxVersion
{
    private const string Attribute = "user.cairn.id";

    private const int IdLength = 16;

    /// <summary>Leaves the writer's id; false where the disk takes no attributes.</summary>
    public static bool TrySetId(SafeFileHandle file, Guid id)
    {
        Span<byte> bytes = stackalloc byte[IdLength];
        id.TryWriteBytes(bytes);
        return Libc.SetAttribute(file, Attribute, bytes, IdLength, 0) == 0;
    }

    /// <summary>The version of an open file.</summary>
    public static string Of(SafeFileHandle file, in LinuxStat stat)
    {
        Span<byte> id = stackalloc byte[IdLength];
        return Of(Libc.GetAttribute(file, Attribute, id, IdLength) == IdLength, id, stat);
    }

    /// <summary>
    /// The version of what <paramref name="path"/> leads to. Stat and attribute are two calls: when the file is replaced in between, the result is no version's ETag,
    /// unless it is the new one's.
    /// </summary>
    public static string Of(string path, bool follow, in LinuxStat stat)
    {
        Span<byte> id = stackalloc byte[IdLength];
        var read = follow ? Libc.GetAttribute(path, Attribute, id, IdLength) : Libc.GetAttributeOfLink(path, Attribute, id, IdLength);
        return Of(read == IdLength, id, stat);
    }

    private static string Of(bool hasId, ReadOnlySpan<byte> id, in LinuxStat stat) => hasId
        ? $"{Convert.ToHexStringLower(id)}-{stat.Modified}-{stat.Size:x}"
        : $"{stat.Inode:x}-{stat.Modified}-{stat.Changed}-{stat.Size:x}";
}
