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
        var entry = await EntryOfAsync(_container, source, options, cancellationToken).ConfigureAwait(false);
        try
        {
            return await PublishCopyAsync(_container, entry, destination, options.Mode, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e) when (IsPhantom(e, options.Mode))
        {
            return await StreamedCopy.RunAsync(this, source, destination, options with { Source = entry }, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether it is a container of this account. Whose credential may read it is for Azure to say.</summary>
    protected override bool CanCopyFromCore(FileSystemDriver peer) =>
        peer is AzureBlobFileSystem other && other._container.Service.Uri.GetLeftPart(UriPartial.Path) == _container.Service.Uri.GetLeftPart(UriPartial.Path);

    /// <inheritdoc/>
    protected override async Task<FileEntry> CopyFromCoreAsync(
        FileSystemDriver peer, StoragePath source, StoragePath destination, CopyOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(peer);
        var from = ((AzureBlobFileSystem)peer)._container;
        var entry = await EntryOfAsync(from, source, options, cancellationToken).ConfigureAwait(false);
        try
        {
            return await PublishCopyAsync(from, entry, destination, options.Mode, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e) when (IsPhantom(e, options.Mode) || e.Code is FileSystemErrorCode.PermissionDenied or FileSystemErrorCode.Unauthenticated)
        {
            // Who may write here may not read there, where bytes that pass through this process are read by who may.
            throw new FileSystemException(FileSystemErrorCode.NotSupported, e.Message, destination, e) { RequestId = e.RequestId };
        }
    }

    /// <inheritdoc/>
    protected override void CheckName(StoragePath path)
    {
        if (AzureBlobName.Fault(path.Key) is { } fault)
            throw FileSystemException.InvalidPath(path, fault);
    }

    private static async Task<FileEntry> EntryOfAsync(AzureContainer container, StoragePath source, CopyOptions options, CancellationToken cancellationToken) =>
        options.Source ?? await container.CallAsync(source, container.FindAsync, source, cancellationToken).ConfigureAwait(false) ?? throw FileSystemException.NotFound(source);

    private Task<FileEntry> PublishCopyAsync(AzureContainer from, FileEntry source, StoragePath destination, WriteMode mode, CancellationToken cancellationToken) =>
        _container.Settlement.PublishAsync(new AzureCopy(_container, from, source, destination, mode, Publication.NewWriteId()), cancellationToken);

    /// <summary>Azurite takes blocks that nobody committed for a blob, and refuses; writing goes by what is committed.</summary>
    private static bool IsPhantom(FileSystemException e, WriteMode mode) => e.Code == FileSystemErrorCode.Conflict && mode == WriteMode.Create;

    private static FileSystemCapabilities CapabilitiesOf(AzureBlobFileSystemOptions options) => new()
    {
        SingleRequestLength = options.Blocks.PartSize,
        DeleteBatchSize = BlobBatch.MaxRequests,
        ListPageSize = AzureListing.MaxPage,
    };
}
