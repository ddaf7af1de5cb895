using System.Runtime.InteropServices;

namespace Cairn.FileSystems.Local.Linux;

/// <summary>What errno means in the words that all stores share.</summary>
internal static class LinuxErrors
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int InputOutput = 5;
    public const int NoDevice = 6;
    public const int TryAgain = 11;
    public const int AccessDenied = 13;
    public const int Busy = 16;
    public const int Exists = 17;
    public const int CrossDevice = 18;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int Invalid = 22;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int FileTooLarge = 27;
    public const int NoSpace = 28;
    public const int ReadOnlyDisk = 30;
    public const int NameTooLong = 36;
    public const int NotImplemented = 38;
    public const int NotEmpty = 39;
    public const int TooManyLinks = 40;
    public const int NotSupported = 95;
    public const int TimedOut = 110;
    public const int HostDown = 112;
    public const int Stale = 116;
    public const int QuotaExceeded = 122;

    public static FileSystemErrorCode CodeOf(int errno) => errno switch
    {
        NoEntry => FileSystemErrorCode.NotFound,
        Exists => FileSystemErrorCode.AlreadyExists,
        NotPermitted or AccessDenied or ReadOnlyDisk => FileSystemErrorCode.PermissionDenied,
        NotDirectory or IsDirectory or NameTooLong or TooManyLinks => FileSystemErrorCode.InvalidPath,
        NoSpace or QuotaExceeded or FileTooLarge => FileSystemErrorCode.NoSpace,
        TooManyFiles or TooManyFilesInSystem => FileSystemErrorCode.Throttled,
        InputOutput or TimedOut or HostDown or Stale => FileSystemErrorCode.Unavailable,
        NotSupported or NotImplemented => FileSystemErrorCode.NotSupported,
        _ => FileSystemErrorCode.Unknown,
    };

    /// <summary>The exception for <paramref name="errno"/>; <paramref name="failed"/> completes "could not be …".</summary>
    public static FileSystemException Of(int errno, StoragePath path, string failed)
    {
        var hint = errno switch
        {
            NotDirectory => ": a file is where a directory would have to be",
            IsDirectory => ": a directory is there",
            _ => "",
        };
        return new(CodeOf(errno), $"'{path}' could not be {failed}{hint} ({Marshal.GetPInvokeErrorMessage(errno)}, errno {errno}).", path);
    }

    /// <summary>The exception for a symbolic link below a configured root.</summary>
    public static FileSystemException Link(StoragePath path) =>
        new(FileSystemErrorCode.PermissionDenied, $"'{path}' is or leads through a symbolic link; none is followed below the configured root.", path);

    /// <summary>Nothing is there, or a file stands where the path goes on: absent either way.</summary>
    public static bool IsAbsent(int errno) => errno is NoEntry or NotDirectory;
}
