namespace Cairn.FileSystems.Local;

/// <summary>The provider of <c>file:</c>. Thread safe. Follows Flink's <c>LocalFileSystemFactory</c>.</summary>
/// <param name="options">How the file system works; null for the defaults.</param>
/// <param name="timeProvider">The clock that ages of leftovers are told by; null for the system's.</param>
public sealed class LocalFileSystemProvider(LocalFileSystemOptions? options = null, TimeProvider? timeProvider = null) : IFileSystemProvider
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; } = ["file"];

    /// <inheritdoc/>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.InvalidPath"/>: a local file has no host; the message has the path that was probably meant.</exception>
    public IFileSystem Create(StoragePath root)
    {
        ArgumentNullException.ThrowIfNull(root);
        if (root.Authority is not null)
            throw FileSystemException.InvalidPath(root, $"a local file has no authority, and '{root.Authority}' is one; did you forget a slash? The right path would be 'file:///{root.Authority}/…'");
        return new LocalFileSystem(options, timeProvider);
    }
}
