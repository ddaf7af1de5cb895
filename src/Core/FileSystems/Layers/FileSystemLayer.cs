namespace Cairn.FileSystems.Layers;

/// <summary>
/// The base of wrappers around a file system: hands every member on, so that a wrapper changes what it overrides and hides nothing.
/// Owns what it wraps. Wrap opened streams and writers in a <see cref="FileReadStreamLayer"/> and a <see cref="FileWriterLayer"/>.
/// </summary>
public abstract class FileSystemLayer : IFileSystem
{
    /// <summary>For wrappers.</summary>
    /// <param name="inner">What is wrapped; disposed with the wrapper.</param>
    protected FileSystemLayer(IFileSystem inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
    }

    /// <inheritdoc/>
    public virtual StoragePath Root => Inner.Root;

    /// <inheritdoc/>
    public virtual FileSystemCapabilities Capabilities => Inner.Capabilities;

    /// <summary>What is wrapped.</summary>
    protected IFileSystem Inner { get; }

    /// <inheritdoc/>
    public virtual Task<FileEntry?> FindAsync(StoragePath path, FindOptions? options = null, CancellationToken cancellationToken = default) =>
        Inner.FindAsync(path, options, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default) =>
        Inner.OpenReadAsync(path, options, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        Inner.OpenWriteAsync(path, options, cancellationToken);

    /// <inheritdoc/>
    public virtual IAsyncEnumerable<FileEntry> ListAsync(StoragePath directory, ListOptions? options = null, CancellationToken cancellationToken = default) =>
        Inner.ListAsync(directory, options, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default) =>
        Inner.DeleteAsync(paths, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<FileEntry> CopyAsync(StoragePath source, StoragePath destination, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
        Inner.CopyAsync(source, destination, options, cancellationToken);

    /// <inheritdoc/>
    public virtual Task CreateDirectoryAsync(StoragePath directory, CancellationToken cancellationToken = default) =>
        Inner.CreateDirectoryAsync(directory, cancellationToken);

    /// <inheritdoc/>
    public virtual Task<SweepResult> SweepAbandonedAsync(StoragePath directory, SweepOptions? options = null, CancellationToken cancellationToken = default) =>
        Inner.SweepAbandonedAsync(directory, options, cancellationToken);

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        await Inner.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }
}
