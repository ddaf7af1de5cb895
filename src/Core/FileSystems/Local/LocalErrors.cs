namespace Cairn.FileSystems.Local;

/// <summary>Turns the exceptions of .NET's own file calls into <see cref="FileSystemException"/>s.</summary>
internal static class LocalErrors
{
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);
    private const int WindowsFileExists = unchecked((int)0x80070050);
    private const int WindowsAlreadyExists = unchecked((int)0x800700B7);

    public static bool IsOfDisk(Exception e) => e is (IOException or UnauthorizedAccessException) and not FileSystemException;

    public static FileSystemException Translate(Exception e, StoragePath path)
    {
        var code = e switch
        {
            UnauthorizedAccessException => FileSystemErrorCode.PermissionDenied,
            FileNotFoundException or DirectoryNotFoundException => FileSystemErrorCode.NotFound,
            PathTooLongException => FileSystemErrorCode.InvalidPath,
            { HResult: WindowsDiskFull or WindowsHandleDiskFull } => FileSystemErrorCode.NoSpace,
            { HResult: WindowsFileExists or WindowsAlreadyExists } => FileSystemErrorCode.AlreadyExists,
            // .NET puts the raw errno there.
            _ when !OperatingSystem.IsWindows() => Linux.LinuxErrors.CodeOf(e.HResult),
            _ => FileSystemErrorCode.Unknown,
        };
        return new FileSystemException(code, $"'{path}': {e.Message}", path, e);
    }
}
