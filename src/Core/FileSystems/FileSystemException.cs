namespace Cairn.FileSystems;

/// <summary>What every verb of <see cref="IFileSystem"/> throws when the store refuses or fails, besides argument errors and cancellation.</summary>
public class FileSystemException : IOException
{
    /// <summary>Makes one.</summary>
    /// <param name="code">Why.</param>
    /// <param name="message">What was wrong and what to do; never a secret.</param>
    /// <param name="path">The path of the operation, if it had one.</param>
    /// <param name="innerException">The store's own exception.</param>
    public FileSystemException(FileSystemErrorCode code, string message, StoragePath? path = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        Path = path;
    }

    /// <summary>Why.</summary>
    public FileSystemErrorCode Code { get; }

    /// <summary>The path of the operation, if it had one.</summary>
    public StoragePath? Path { get; }

    /// <summary>The store's id of the failed request, if it gave one: what its support asks for.</summary>
    public string? RequestId { get; init; }

    /// <summary>Whether the same call may succeed when it is simply made again later.</summary>
    public bool IsTransient => Code is FileSystemErrorCode.Conflict or FileSystemErrorCode.Throttled or FileSystemErrorCode.Unavailable;

    /// <summary><see cref="FileSystemErrorCode.NotFound"/>: <paramref name="path"/> is not there.</summary>
    public static FileSystemException NotFound(StoragePath path, Exception? innerException = null) =>
        new(FileSystemErrorCode.NotFound, $"There is no file '{path}'.", path, innerException);

    /// <summary><see cref="FileSystemErrorCode.AlreadyExists"/>: the name <paramref name="path"/> is taken, nothing was written.</summary>
    public static FileSystemException AlreadyExists(StoragePath path, Exception? innerException = null) =>
        new(FileSystemErrorCode.AlreadyExists, $"'{path}' exists already; nothing was written.", path, innerException);

    /// <summary><see cref="FileSystemErrorCode.PreconditionFailed"/>: <paramref name="path"/> has another version than <paramref name="expected"/>, nothing was written.</summary>
    public static FileSystemException PreconditionFailed(StoragePath path, string expected, Exception? innerException = null) =>
        new(FileSystemErrorCode.PreconditionFailed, $"'{path}' does not have the expected version {expected}; nothing was written.", path, innerException);

    /// <summary><see cref="FileSystemErrorCode.OutcomeUnknown"/>: whether <paramref name="path"/> was committed could not be found out.</summary>
    public static FileSystemException OutcomeUnknown(StoragePath path, Exception? innerException = null) =>
        new(FileSystemErrorCode.OutcomeUnknown, $"Whether '{path}' was committed could not be found out; nothing was deleted. Do not use this name again.", path, innerException);

    /// <summary><see cref="FileSystemErrorCode.InvalidPath"/>: <paramref name="path"/> cannot be used because <paramref name="reason"/>.</summary>
    public static FileSystemException InvalidPath(StoragePath path, string reason)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new(FileSystemErrorCode.InvalidPath, $"The path '{path}' cannot be used: {reason}.", path);
    }

    /// <summary><see cref="FileSystemErrorCode.NotSupported"/>: <paramref name="what"/> says what cannot be done here and which setting would allow it.</summary>
    public static FileSystemException NotSupported(StoragePath path, string what) => new(FileSystemErrorCode.NotSupported, what, path);

    internal static FileSystemException InvalidPath(string text, string reason) =>
        new(FileSystemErrorCode.InvalidPath, $"The path '{Shorten(text)}' cannot be used: {reason}.");

    private static string Shorten(string text) => text.Length <= 200 ? text : string.Concat(text.AsSpan(0, 200), "…");
}
