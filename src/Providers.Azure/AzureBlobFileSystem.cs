using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;
using Cairn.Providers.Azure.Batches;

namespace Cairn.Providers.Azure;

/// <summary>
/// A container of Azure Blob Storage as a file system. Thread safe.
/// </summary>
/// <remarks>
/// What a killed or discarded writer staged is invisible and dropped by Azure after a week: there is nothing to sweep.
/// What copies is stored without the source's user metadata.
/// </remarks>
public sealed class AzureBlobFileSystem : FileSystemDriver
{
    private readonly AzureContainer _container;
    private readonly AzureListing _listing;
    private readonly AzureDeletion _deletion;

    /// <summary>Makes one, without a request.</summary>
    /// <param name="root">The scheme and, as authority, <c>container@account.host</c>, or a container alone where <paramref name="options"/> name the account.</param>
    /// <param name="options">Where the account is and how it is used.</param>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.InvalidPath"/>: there is no container, or no account, in the path.</exception>
    public AzureBlobFileSystem(StoragePath root, AzureBlobFileSystemOptions? options = null)
        : base(root, CapabilitiesOf(options ?? new()))
    {
        _container = new AzureContainer(root, options ?? new());
        _listing = new AzureListing(_container);
        _deletion = new AzureDeletion(_container);
    }

    /// <summary>1,024 characters of at most three bytes; <see cref="CheckName"/> counts the characters.</summary>
    protected override int MaxKeyLength => AzureBlobName.MaxCharacters * 3;

    /// <inheritdoc/>
    protected override async Task<FileEntry?> FindCoreAsync(StoragePath path, FindOptions options, CancellationToken cancellationToken)
    {
        var isRoot = path.Key.Length == 0;
        var found = isRoot ? null : (await _container.CallAsync(path, _container.HeadAsync, path, cancellationToken).ConfigureAwait(false))?.Entry;
        if (found is { Kind: EntryKind.File })
            return found;
        if (!options.Directories)
            return null;
        var isDirectory = found is not null || await _listing.HasAnyAsync(path, cancellationToken).ConfigureAwait(false);
        return isDirectory || isRoot ? new FileEntry { Path = path, Kind = EntryKind.Directory } : null;
    }

    /// <inheritdoc/>
    protected override Task<FileReadStream> OpenReadCoreAsync(StoragePath path, ReadOptions options, CancellationToken cancellationToken) =>
        ResumingReadStream.OpenAsync(_container, _container.Retries, path, options, cancellationToken);

    /// <inheritdoc/>
    protected override Task<FileWriter> OpenWriteCoreAsync(StoragePath path, WriteOptions options, CancellationToken cancellationToken) =>
        Task.FromResult<FileWriter>(new AzureBlobFileWriter(_container, path, options));

    /// <inheritdoc/>
    protected override IAsyncEnumerable<FileEntry> ListCoreAsync(StoragePath directory, ListOptions options, CancellationToken cancellationToken) =>
        _listing.ListAsync(directory, options, cancellationToken);

    /// <inheritdoc/>
    protected override Task<IReadOnlyList<DeleteResult>> DeleteCoreAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken) =>
        _deletion.DeleteAsync(paths, cancellationToken);

    /// <inheritdoc/>
    protected override async Task<FileEntry> CopyCoreAsync(StoragePath source, StoragePath destination, CopyOptions options, CancellationToken cancellationToken)
    {
        var entry = options.Source ?? await _container.CallAsync(source, _container.FindAsync, source, cancellationToken).ConfigureAwait(false) ?? throw FileSystemException.NotFound(source);
        var copy = new AzureCopy(_container, entry, destination, options.Mode, Publication.NewWriteId());
        try
        {
            return await _container.Settlement.PublishAsync(copy, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.Conflict && options.Mode == WriteMode.Create)
        {
            // Azurite takes blocks that nobody committed for a blob, and refuses; writing goes by what is committed.
            return await StreamedCopy.RunAsync(this, source, destination, options with { Source = entry }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override void CheckName(StoragePath path)
    {
        if (AzureBlobName.Fault(path.Key) is { } fault)
            throw FileSystemException.InvalidPath(path, fault);
    }

    private static FileSystemCapabilities CapabilitiesOf(AzureBlobFileSystemOptions options) => new()
    {
        SingleRequestLength = options.Blocks.PartSize,
        DeleteBatchSize = BlobBatch.MaxRequests,
        ListPageSize = AzureListing.MaxPage,
    };
}
