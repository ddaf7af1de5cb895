using System.Text;

namespace Cairn.FileSystems.Drivers;

/// <summary>
/// The base of every file system: checks arguments, paths and disposal once, in the same words, before a provider sees them.
/// A provider derives from it and implements the <c>…Core</c> members; it is handed absolute, normalised paths of its own root and options that are not null.
/// </summary>
public abstract class FileSystemDriver : IFileSystem, IPeerCopy
{
    private int _disposed;

    /// <summary>For providers.</summary>
    /// <param name="root">The scheme and authority, with <c>/</c> as path.</param>
    /// <param name="capabilities">What this store can do.</param>
    protected FileSystemDriver(StoragePath root, FileSystemCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(capabilities);
        if (root.Scheme is null || root.Path != "/")
            throw FileSystemException.InvalidPath(root, "the root of a file system is a scheme, an authority and '/'");
        Root = root;
        Capabilities = capabilities;
    }

    /// <inheritdoc/>
    public StoragePath Root { get; }

    /// <inheritdoc/>
    public FileSystemCapabilities Capabilities { get; }

    /// <summary>The longest key in UTF-8 bytes that the store takes.</summary>
    protected abstract int MaxKeyLength { get; }

    /// <inheritdoc/>
    public Task<FileEntry?> FindAsync(StoragePath path, FindOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(path, allowRoot: true);
        cancellationToken.ThrowIfCancellationRequested();
        return FindCoreAsync(path, options ?? new(), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(path);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfNegative(options.Offset, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.Length ?? 0, nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        return OpenReadCoreAsync(path, options, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(path);
        options ??= new();
        ArgumentNullException.ThrowIfNull(options.Mode, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.LengthHint ?? 0, nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        CheckMode(path, options.Mode);
        return OpenWriteCoreAsync(path, options, cancellationToken);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<FileEntry> ListAsync(StoragePath directory, ListOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(directory, allowRoot: true);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PageSize ?? 1, 1, nameof(options));
        return ListCoreAsync(directory, options, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        foreach (var path in paths)
            Check(path, allowUnaddressable: true);
        cancellationToken.ThrowIfCancellationRequested();
        return paths.Count == 0 ? Task.FromResult<IReadOnlyList<DeleteResult>>([]) : DeleteCoreAsync(paths, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<FileEntry> CopyAsync(StoragePath source, StoragePath destination, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(source);
        options = CheckCopy(source, destination, options, cancellationToken);
        return CopyCoreAsync(source, destination, options, cancellationToken);
    }

    /// <inheritdoc/>
    IFileSystem IPeerCopy.Unwrapped => this;

    /// <inheritdoc/>
    bool IPeerCopy.CanCopyFrom(IFileSystem peer) => peer is FileSystemDriver driver && CanCopyFromCore(driver);

    /// <inheritdoc/>
    Task<FileEntry> IPeerCopy.CopyFromAsync(IFileSystem peer, StoragePath source, StoragePath destination, CopyOptions? options, CancellationToken cancellationToken)
    {
        if (peer is not FileSystemDriver driver || !CanCopyFromCore(driver))
            throw FileSystemException.NotSupported(destination, $"'{Root}' does not copy from '{peer?.Root}' by itself.");
        driver.Check(source);
        options = CheckCopy(source, destination, options, cancellationToken);
        return CopyFromCoreAsync(driver, source, destination, options, cancellationToken);
    }

    /// <inheritdoc/>
    public Task CreateDirectoryAsync(StoragePath directory, CancellationToken cancellationToken = default)
    {
        Check(directory, allowRoot: true);
        cancellationToken.ThrowIfCancellationRequested();
        return CreateDirectoryCoreAsync(directory, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SweepResult> SweepAbandonedAsync(StoragePath directory, SweepOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(directory, allowRoot: true);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.OlderThan, TimeSpan.Zero, nameof(options));
        cancellationToken.ThrowIfCancellationRequested();
        return SweepAbandonedCoreAsync(directory, options, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        await DisposeCoreAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary><see cref="FindAsync"/>.</summary>
    protected abstract Task<FileEntry?> FindCoreAsync(StoragePath path, FindOptions options, CancellationToken cancellationToken);

    /// <summary><see cref="OpenReadAsync"/>.</summary>
    protected abstract Task<FileReadStream> OpenReadCoreAsync(StoragePath path, ReadOptions options, CancellationToken cancellationToken);

    /// <summary><see cref="OpenWriteAsync"/>.</summary>
    protected abstract Task<FileWriter> OpenWriteCoreAsync(StoragePath path, WriteOptions options, CancellationToken cancellationToken);

    /// <summary><see cref="ListAsync"/>; usually an iterator.</summary>
    protected abstract IAsyncEnumerable<FileEntry> ListCoreAsync(StoragePath directory, ListOptions options, CancellationToken cancellationToken);

    /// <summary><see cref="DeleteAsync"/>, of at least one path.</summary>
    protected abstract Task<IReadOnlyList<DeleteResult>> DeleteCoreAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken);

    /// <summary><see cref="CopyAsync"/>.</summary>
    protected abstract Task<FileEntry> CopyCoreAsync(StoragePath source, StoragePath destination, CopyOptions options, CancellationToken cancellationToken);

    /// <summary><see cref="IPeerCopy.CanCopyFrom"/>; false unless overridden.</summary>
    protected virtual bool CanCopyFromCore(FileSystemDriver peer) => false;

    /// <summary><see cref="IPeerCopy.CopyFromAsync"/>, from a peer that <see cref="CanCopyFromCore"/> said yes to.</summary>
    protected virtual Task<FileEntry> CopyFromCoreAsync(
        FileSystemDriver peer, StoragePath source, StoragePath destination, CopyOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary><see cref="CreateDirectoryAsync"/>; does nothing unless overridden, which is right for an object store.</summary>
    protected virtual Task CreateDirectoryCoreAsync(StoragePath directory, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary><see cref="SweepAbandonedAsync"/>; finds nothing unless overridden.</summary>
    protected virtual Task<SweepResult> SweepAbandonedCoreAsync(StoragePath directory, SweepOptions options, CancellationToken cancellationToken) =>
        Task.FromResult(new SweepResult(0, []));

    /// <summary>Frees what this file system owns; called once.</summary>
    protected virtual ValueTask DisposeCoreAsync() => ValueTask.CompletedTask;

    /// <summary>Refuses, with <see cref="FileSystemErrorCode.InvalidPath"/>, what cannot be a name on this store; called after the checks that all stores share.</summary>
    protected virtual void CheckName(StoragePath path)
    {
    }

    private void Check(StoragePath path, bool allowRoot = false, bool allowUnaddressable = false)
    {
        ArgumentNullException.ThrowIfNull(path);
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) == 1, this);
        if (!path.HasSameRoot(Root))
            throw FileSystemException.InvalidPath(path, $"it does not lie on '{Root}'");
        if (!allowRoot && path.Path is "/" or "")
            throw FileSystemException.InvalidPath(path, "the root is no file");
        if (!path.IsAddressable)
        {
            if (!allowUnaddressable)
                throw FileSystemException.InvalidPath(path, "its key is not in normal form; it can only be deleted");
            return;
        }
        if (path.Path.StartsWith("/../", StringComparison.Ordinal) || path.Path == "/..")
            throw FileSystemException.InvalidPath(path, "it leads above the root");
        if (Encoding.UTF8.GetByteCount(path.Key) is var length && length > MaxKeyLength)
            throw FileSystemException.InvalidPath(path, $"its key has {length} bytes; this store takes {MaxKeyLength}");
        CheckName(path);
    }

    private CopyOptions CheckCopy(StoragePath source, StoragePath destination, CopyOptions? options, CancellationToken cancellationToken)
    {
        Check(destination);
        options ??= new();
        ArgumentNullException.ThrowIfNull(options.Mode, nameof(options));
        if (source == destination)
            throw FileSystemException.InvalidPath(destination, "a file cannot be copied onto itself");
        cancellationToken.ThrowIfCancellationRequested();
        CheckMode(destination, options.Mode);
        return options;
    }

    private void CheckMode(StoragePath path, WriteMode mode)
    {
        if (mode.ExpectedETag is not null && !Capabilities.ConditionalReplace)
            throw FileSystemException.NotSupported(path, $"'{Root}' cannot replace a file by its version.");
    }
}
