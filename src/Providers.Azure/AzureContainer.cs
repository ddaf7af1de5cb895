using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;
using Cairn.Providers.Azure.Batches;

namespace Cairn.Providers.Azure;

/// <summary>One container and how it is spoken to; what the parts of <see cref="AzureBlobFileSystem"/> share. Thread safe.</summary>
internal sealed class AzureContainer : IRangeSource
{
    private const string WriteIdKey = "cairnwriteid";

    public AzureContainer(StoragePath root, AzureBlobFileSystemOptions options)
    {
        var authority = AzureAuthority.Parse(root);
        Root = root;
        Options = options;
        Retries = new RetryPolicy(options.Retry, options.TimeProvider, options.Random);
        Settlement = new CommitSettlement(Retries);
        Service = AzureClientFactory.Create(root, authority, options);
        Signer = new RequestSigner(Service);
        Client = Service.GetBlobContainerClient(authority.Container);
    }

    public StoragePath Root { get; }

    public AzureBlobFileSystemOptions Options { get; }

    public BlobServiceClient Service { get; }

    public BlobContainerClient Client { get; }

    public RequestSigner Signer { get; }

    public RetryPolicy Retries { get; }

    public CommitSettlement Settlement { get; }

    public BlockBlobClient Blob(StoragePath path) => Client.GetBlockBlobClient(path.Key);

    /// <summary>Makes a request that may be repeated, and translates what it throws.</summary>
    public Task<TResult> CallAsync<TArgument, TResult>(
        StoragePath path, Func<TArgument, CancellationToken, Task<TResult>> request, TArgument argument, CancellationToken cancellationToken, long bytes = 0) =>
        Retries.RunAsync(request, argument, e => AzureErrors.Translate(path, e), cancellationToken, bytes);

    /// <summary>The entry of a blob, or of the directory that it stands for, with the write id in its metadata; null when it is absent.</summary>
    public async Task<PublishedFile?> HeadAsync(StoragePath path, CancellationToken cancellationToken) =>
        await PropertiesAsync(path, cancellationToken).ConfigureAwait(false) is { } blob ? Published(path, blob) : null;

    /// <summary>What the server knows of a blob; null when it is absent. One HEAD, whose answer names a missing container.</summary>
    public async Task<BlobProperties?> PropertiesAsync(StoragePath path, CancellationToken cancellationToken)
    {
        try
        {
            return (await Blob(path).GetPropertiesAsync(cancellationToken: cancellationToken).ConfigureAwait(false)).Value;
        }
        catch (RequestFailedException e) when (AzureErrors.IsAbsentBlob(e.ErrorCode))
        {
            return null;
        }
    }

    /// <summary>The entry of a file; null when it is absent, or a directory.</summary>
    public async Task<FileEntry?> FindAsync(StoragePath path, CancellationToken cancellationToken) =>
        (await HeadAsync(path, cancellationToken).ConfigureAwait(false))?.Entry is { Kind: EntryKind.File } file ? file : null;

    public async Task<RangeResponse?> OpenRangeAsync(StoragePath path, long offset, long? length, string? etag, CancellationToken cancellationToken)
    {
        var options = new BlobDownloadOptions
        {
            Range = new HttpRange(offset, length is { } count && count <= long.MaxValue - offset ? count : null),
            Conditions = etag is null ? null : new BlobRequestConditions { IfMatch = Quoted(etag) },
        };
        try
        {
            var answer = await Blob(path).DownloadStreamingAsync(options, cancellationToken).ConfigureAwait(false);
            var details = answer.Value.Details;
            if (DirectoryStubs.IsStub(details.Metadata))
            {
                answer.Value.Dispose();
                throw FileSystemException.NotFound(path);
            }
            var isPart = answer.GetRawResponse().Status == 206;
            // Azurite answers 206 and an empty body where Azure answers 416.
            if (isPart && details.ContentLength == 0)
            {
                answer.Value.Dispose();
                return null;
            }
            var (first, total) = isPart ? ContentRange.Parse(path, details.ContentRange) : (0, details.ContentLength);
            return new(Entry(path, total, details.ETag, details.LastModified), first, answer.Value.Content, answer.Value);
        }
        catch (RequestFailedException e) when (e.Status == 416)
        {
            return null;
        }
        catch (RequestFailedException e) when (e.Status == 412)
        {
            // What is absent has no version either; only the look-up tells the two apart.
            throw await FindAsync(path, cancellationToken).ConfigureAwait(false) is null ? FileSystemException.NotFound(path, e) : e;
        }
    }

    public FileSystemException Translate(StoragePath path, Exception exception) => AzureErrors.Translate(path, exception);

    public static PublishedFile Published(StoragePath path, BlobProperties blob) => new(
        DirectoryStubs.IsStub(blob.Metadata) ? new FileEntry { Path = path, Kind = EntryKind.Directory } : Entry(path, blob.ContentLength, blob.ETag, blob.LastModified),
        blob.Metadata.TryGetValue(WriteIdKey, out var id) ? id : null);

    public static FileEntry Entry(StoragePath path, long length, ETag? etag, DateTimeOffset? modified) =>
        new() { Path = path, Length = length, ETag = etag?.ToString().Trim('"'), LastModified = modified };

    /// <summary>ETags go without quotes in entries, because listings bring them without, and with quotes in conditions.</summary>
    public static ETag Quoted(string etag) => new($"\"{etag}\"");

    /// <summary>A list, because one pair in a dictionary takes twice the memory.</summary>
    public static SortedList<string, string> Stamp(string writeId) => new(1, StringComparer.Ordinal) { [WriteIdKey] = writeId };
}
