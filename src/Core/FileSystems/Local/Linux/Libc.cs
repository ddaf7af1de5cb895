using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Linux;

/// <summary>The calls that .NET does not offer, as Linux has them on 64-bit machines. Each answers -1 or an invalid handle with errno in <see cref="Errno"/>.</summary>
internal static partial class Libc
{
    public const int ReadOnly = 0;
    public const int ReadWrite = 2;
    public const int CreateExclusive = 0x40 | 0x80;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int PathOnly = 0x200000;

    public const int AtNoFollow = 0x100;
    public const int AtRemoveDirectory = 0x200;
    public const int AtEmptyPath = 0x1000;

    public const int LockShared = 1;
    public const int LockExclusive = 2;
    public const int LockDoNotWait = 4;
    public const int LockRelease = 8;

    private const int OpenFileLockSet = 37;

    /// <summary>O_DIRECTORY and O_NOFOLLOW are among the few flags whose values differ between machines.</summary>
    public static readonly int DirectoryOnly = IsArm ? 0x4000 : 0x10000;

    public static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;

    /// <summary>AT_FDCWD: stands for no directory, where the name is absolute.</summary>
    public static readonly SafeFileHandle NoDirectory = new(-100, ownsHandle: false);

    public static int Errno => Marshal.GetLastPInvokeError();

    private static bool IsArm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle OpenAt(SafeFileHandle directory, string name, int flags, uint permissions = 0);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectoryAt(SafeFileHandle directory, string name, uint permissions);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Stat(SafeFileHandle directory, string name, int flags, uint mask, out LinuxStat stat);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LinkAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(SafeFileHandle directory, string name, int flags);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetAttribute(SafeFileHandle file, string name, ReadOnlySpan<byte> value, nuint size, int flags);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint GetAttribute(SafeFileHandle file, string name, Span<byte> value, nuint size);

    [LibraryImport("libc", EntryPoint = "getxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint GetAttribute(string path, string name, Span<byte> value, nuint size);

    [LibraryImport("libc", EntryPoint = "lgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint GetAttributeOfLink(string path, string name, Span<byte> value, nuint size);

    [LibraryImport("libc", EntryPoint = "copy_file_range", SetLastError = true)]
    public static partial nint CopyRange(SafeFileHandle from, ref long fromOffset, SafeFileHandle to, ref long toOffset, nuint length, uint flags);

    [LibraryImport("libc", EntryPoint = "fdopendir", SetLastError = true)]
    public static partial SafeDirectoryStream OpenDirectoryStream(int descriptor);

    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    public static partial nint ReadDirectory(SafeDirectoryStream stream);

    [LibraryImport("libc", EntryPoint = "closedir")]
    public static partial int CloseDirectoryStream(nint stream);

    /// <summary>
    /// Locks a whole file for its open file description (F_OFD_SETLK), without waiting: the lock goes with the last handle, so with the process,
    /// and does not meet the flock that .NET puts on files it opens.
    /// </summary>
    public static bool TryLockOpenFile(SafeFileHandle file, bool write)
    {
        var whole = new RecordLock { Type = (short)(write ? 1 : 0) };
        return LockRecord(file, OpenFileLockSet, ref whole) == 0;
    }

    /// <summary>Renames without replacing; answers ENOSYS where the C library is too old to know of it.</summary>
    public static int RenameExclusivelyAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to)
    {
        const uint NoReplace = 1;
        try
        {
            return RenameAt(fromDirectory, from, toDirectory, to, NoReplace);
        }
        catch (EntryPointNotFoundException)
        {
            Marshal.SetLastPInvokeError(LinuxErrors.NotImplemented);
            return -1;
        }
    }

    /// <summary>Reads what is in the page cache (<c>preadv2</c> with RWF_NOWAIT); −1 where it is not, or where that cannot be asked.</summary>
    public static unsafe int ReadAtOnce(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        const int DoNotWait = 8;
        fixed (byte* start = buffer)
        {
            var vector = new Vector { Start = start, Length = (nuint)buffer.Length };
            try
            {
                return (int)ReadVector(file, &vector, 1, offset, DoNotWait);
            }
            catch (EntryPointNotFoundException)
            {
                return -1;
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "preadv2")]
    private static unsafe partial nint ReadVector(SafeFileHandle file, Vector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(SafeFileHandle fromDirectory, string from, SafeFileHandle toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int LockRecord(SafeFileHandle file, int command, ref RecordLock range);

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Vector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary><c>struct flock</c>; start 0 and length 0 are the whole file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RecordLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }
}

/// <summary>A <c>DIR*</c>.</summary>
internal sealed class SafeDirectoryStream() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => Libc.CloseDirectoryStream(handle) == 0;
}
