using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Linux;

/// <summary>Reads the names in one directory. Names that are not UTF-8 are left out: as text they would be another file's name.</summary>
internal sealed class LinuxDirectoryReader : IDisposable
{
    private const int TypeOffset = 18;
    private const int NameOffset = 19;

    private readonly SafeDirectoryStream _stream;

    /// <summary>Takes the ownership of <paramref name="directory"/>.</summary>
    public LinuxDirectoryReader(SafeFileHandle directory, LocalPath path)
    {
        Path = path;
        var descriptor = directory.DangerousGetHandle();
        _stream = Libc.OpenDirectoryStream((int)descriptor);
        if (_stream.IsInvalid)
        {
            var errno = Libc.Errno;
            directory.Dispose();
            throw LinuxErrors.Of(errno, path.Path, "listed");
        }
        directory.SetHandleAsInvalid();
        Handle = new SafeFileHandle(descriptor, ownsHandle: false);
    }

    /// <summary>The directory.</summary>
    public LocalPath Path { get; }

    /// <summary>The open directory; it closes with this reader.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>The next name, or null at the end, and whether it is known to be a directory without asking.</summary>
    public unsafe string? Read(out EntryType type)
    {
        while (true)
        {
            var entry = (byte*)Libc.ReadDirectory(_stream);
            if (entry is null)
            {
                type = EntryType.Unknown;
                return Libc.Errno is 0 or LinuxErrors.NoEntry ? null : throw LinuxErrors.Of(Libc.Errno, Path.Path, "listed");
            }
            var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
            type = (EntryType)entry[TypeOffset];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && Utf8.IsValid(name))
                return Encoding.UTF8.GetString(name);
        }
    }

    public void Dispose() => _stream.Dispose();
}

/// <summary><c>d_type</c>; some disks leave it unknown.</summary>
internal enum EntryType : byte
{
    Unknown = 0,
    Directory = 4,
}
