using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.S3;

/// <summary>
/// A bucket of Amazon S3, or of anything that speaks S3, as a file system. Thread safe.
/// </summary>
/// <remarks>
/// An ETag is S3's, without quotes: for a file of one part it is a hash of the content, so that two files of the same bytes share it.
/// A missing bucket is noticed by every verb; <see cref="IFileSystem.FindAsync"/> asks for it once, after its first miss, until any request has seen the bucket.
/// A conditional write above one part needs a server that checks conditions on completions (<see cref="S3FileSystemOptions.ConditionalCompletion"/>), else it is spooled to disk.
/// What copies is stored without the source's user metadata.
/// </remarks>
public sealed class S3FileSystem : FileSystemDriver
{
    private readonly S3Bucket _bucket;
    private readonly S3Listing _listing;

    /// <summary>Makes one, without a request.</summary>
    /// <param name="root">The scheme and, as authority, the bucket.</param>
    /// <param name="options">Where the store is and how it is used.</param>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.InvalidPath"/>: there is no bucket in the path.</exception>
    public S3FileSystem(StoragePath root, S3FileSystemOptions? options = null)
        : this(new S3Bucket(root ?? throw new ArgumentNullException(nameof(root)), options ?? new()))
    {
    }

    private S3FileSystem(S3Bucket bucket)
        : base(bucket.Root, CapabilitiesOf(bucket))
    {
        _bucket = bucket;
        _listing = new S3Listing(bucket);
    }

    /// <inheritdoc/>
    protected override int MaxKeyLength => 1024;

    /// <inheritdoc/>
    protected override async Task<FileEntry?> FindCoreAsync(StoragePath path, FindOptions options, CancellationToken cancellationToken)
    {
        var isRoot = path.Key.Length == 0;
        var found = isRoot ? null : await HeadAsync(path, options, cancellationToken).ConfigureAwait(false);
        if (found is not null || !options.Directories)
            return found;
        var any = await _listing.HasAnyAsync(path, cancellationToken).ConfigureAwait(false);
        return any || isRoot ? new FileEntry { Path = path, Kind = EntryKind.Directory } : null;
    }

    /// <inheritdoc/>
    protected override Task<FileReadStream> OpenReadCoreAsync(StoragePath path, ReadOptions options, CancellationToken cancellationToken) =>
        ResumingReadStream.OpenAsync(_bucket, _bucket.Retries, path, options, cancellationToken);

    /// <inheritdoc/>
    protected override Task<FileWriter> OpenWriteCoreAsync(StoragePath path, WriteOptions options, CancellationToken cancellationToken) =>
        Task.FromResult<FileWriter>(options.Mode == WriteMode.Overwrite || _bucket.Server.CompletesConditionally
            ? new S3FileWriter(_bucket, path, options)
            : new S3SpooledFileWriter(_bucket, path, options));

    /// <inheritdoc/>
    protected override IAsyncEnumerable<FileEntry> ListCoreAsync(StoragePath directory, ListOptions options, CancellationToken cancellationToken) =>
        _listing.ListAsync(directory, options, cancellationToken);

    /// <inheritdoc/>
    protected override Task<IReadOnlyList<DeleteResult>> DeleteCoreAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken) =>
        new S3Deletion(_bucket).DeleteAsync(paths, cancellationToken);

    /// <inheritdoc/>
    protected override Task<FileEntry> CopyCoreAsync(StoragePath source, StoragePath destination, CopyOptions options, CancellationToken cancellationToken) =>
        new S3Copying(this, _bucket).CopyAsync(source, destination, options, cancellationToken);

    /// <inheritdoc/>
    protected override Task<SweepResult> SweepAbandonedCoreAsync(StoragePath directory, SweepOptions options, CancellationToken cancellationToken) =>
        new S3Sweep(_bucket).SweepAsync(directory, options, cancellationToken);

    /// <inheritdoc/>
    protected override ValueTask DisposeCoreAsync()
    {
        if (_bucket.Options.Client is null)
            _bucket.Client.Dispose();
        return base.DisposeCoreAsync();
    }

    /// <summary>One HEAD; where a listing follows, it is the listing that notices a missing bucket.</summary>
    private Task<FileEntry?> HeadAsync(StoragePath path, FindOptions options, CancellationToken cancellationToken) => _bucket.Retries.RunAsync(
        static async (call, cancellationToken) => call.options.Directories
            ? (await call._bucket.HeadAsync(call.path, cancellationToken).ConfigureAwait(false))?.Entry
            : await call._bucket.FindAsync(call.path, cancellationToken).ConfigureAwait(false),
        (_bucket, path, options),
        e => S3Errors.Translate(path, e),
        cancellationToken);

    private static FileSystemCapabilities CapabilitiesOf(S3Bucket bucket)
    {
        var parts = bucket.Options.Parts;
        ArgumentOutOfRangeException.ThrowIfLessThan(parts.PartSize, bucket.Options.MinPartSize, "options");
        return new()
        {
            MaxConditionalLength = bucket.Server.CompletesConditionally ? null : S3Limits.MaxPutLength,
            SingleRequestLength = parts.PartSize,
            ServerSideCopy = bucket.Server.CopiesConditionally,
            DeleteBatchSize = S3Deletion.MaxBatch,
            ListPageSize = S3Listing.MaxPage,
        };
    }
}
