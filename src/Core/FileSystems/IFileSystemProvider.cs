namespace Cairn.FileSystems;

/// <summary>
/// Makes the file systems of some schemes; what a provider package registers. Thread safe.
/// Follows Flink's <c>FileSystemFactory</c>.
/// </summary>
public interface IFileSystemProvider
{
    /// <summary>The schemes it serves, in lower case (<c>s3</c>, <c>s3a</c>).</summary>
    IReadOnlyCollection<string> Schemes { get; }

    /// <summary>Makes the file system of one scheme and authority, without a request. The registry calls it once for each and owns the result.</summary>
    /// <param name="root">The scheme and authority, with <c>/</c> as path.</param>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.InvalidPath"/>: the authority is missing or cannot be one.</exception>
    IFileSystem Create(StoragePath root);
}
