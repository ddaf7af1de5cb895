using System.Buffers;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.S3;

/// <summary>One bucket and how it is spoken to; what the parts of <see cref="S3FileSystem"/> share. Thread safe.</summary>
internal sealed class S3Bucket : IRangeSource
{
    private static readonly SearchValues<char> NotInBuckets = SearchValues.Create("@:?#% ");

    private volatile bool _seen;

    public S3Bucket(StoragePath root, S3FileSystemOptions options)
    {
        if (root.Authority is null || root.Authority.AsSpan().ContainsAny(NotInBuckets))
            throw FileSystemException.InvalidPath(root, $"the authority has to be a bucket, as in {root.Scheme}://bucket/path");
        Root = root;
        Options = options;
        Server = new S3Server(options);
        Headers = new S3ObjectHeaders(options);
        Retries = new Cairn.FileSystems.Drivers.RetryPolicy(options.Retry, options.TimeProvider, options.Random);
        Settlement = new CommitSettlement(Retries);
        Client = options.Client ?? Server.CreateClient();
    }

    public StoragePath Root { get; }

    public S3FileSystemOptions Options { get; }

    public S3Server Server { get; }

    /// <summary>What every object carries.</summary>
    public S3ObjectHeaders Headers { get; }

    public IAmazonS3 Client { get; }

    public Cairn.FileSystems.Drivers.RetryPolicy Retries { get; }

    public CommitSettlement Settlement { get; }

    public string Name => Root.Authority!;

    /// <summary>Makes a request that may be repeated, and translates what it throws.</summary>
    public Task<TResult> CallAsync<TArgument, TResult>(
        StoragePath path, Func<IAmazonS3, TArgument, CancellationToken, Task<TResult>> request, TArgument argument, CancellationToken cancellationToken,
        long bytes = 0) =>
        Retries.RunAsync(
            static async (call, cancellationToken) =>
            {
                var result = await call.request(call.bucket.Client, call.argument, cancellationToken).ConfigureAwait(false);
                call.bucket._seen = true;
                return result;
            },
            (bucket: this, request, argument),
            e => S3Errors.Translate(path, e),
            cancellationToken,
            bytes);

    /// <summary>The entry of a key, with the write id in its metadata; null when it is absent. One HEAD.</summary>
    public async Task<PublishedFile?> HeadAsync(StoragePath path, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await Client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = Name, Key = path.Key }, cancellationToken).ConfigureAwait(false);
            _seen = true;
            return new(Entry(path, answer.ContentLength, answer.ETag, answer.LastModified), S3ObjectHeaders.WriteIdOf(answer.Metadata));
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Throws when the bucket is missing, which a HEAD of a key cannot tell from a missing key: its answer has no body. Asks only until
    /// the bucket was seen once by this process, so that in the long run a miss costs no second request.
    /// </summary>
    public async Task EnsureExistsAsync(StoragePath path, CancellationToken cancellationToken)
    {
        if (_seen)
            return;
        try
        {
            await Client.HeadBucketAsync(new HeadBucketRequest { BucketName = Name }, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            throw S3Errors.MissingBucket(path, e);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.Forbidden)
        {
            // It may not be looked at, so it is there.
        }
        _seen = true;
    }

    public async Task<FileEntry?> FindAsync(StoragePath path, CancellationToken cancellationToken)
    {
        if (await HeadAsync(path, cancellationToken).ConfigureAwait(false) is { } found)
            return found.Entry;
        await EnsureExistsAsync(path, cancellationToken).ConfigureAwait(false);
        return null;
    }

    /// <summary>The entry of a file that was published just now; null when it cannot be had: that must not pass for a failure of the commit.</summary>
    public async Task<FileEntry?> TryFindAsync(StoragePath path, CancellationToken cancellationToken)
    {
        try
        {
            return (await HeadAsync(path, cancellationToken).ConfigureAwait(false))?.Entry;
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or OperationCanceledException || TransportErrors.IsTransport(e))
        {
            return null;
        }
    }

    public async Task<RangeResponse?> OpenRangeAsync(StoragePath path, long offset, long? length, string? etag, CancellationToken cancellationToken)
    {
        // Always a range: the SDK wraps the body of an unranged GET into a stream that hashes it.
        var request = new GetObjectRequest
        {
            BucketName = Name,
            Key = path.Key,
            ByteRange = new Amazon.S3.Model.ByteRange(length is { } count && count <= long.MaxValue - offset ? $"bytes={offset}-{offset + count - 1}" : $"bytes={offset}-"),
            EtagToMatch = etag,
        };
        try
        {
            var answer = await Client.GetObjectAsync(request, cancellationToken).ConfigureAwait(false);
            _seen = true;
            var (first, total) = answer.HttpStatusCode == HttpStatusCode.PartialContent ? ContentRange.Parse(path, answer.ContentRange) : (0, answer.ContentLength);
            return new(Entry(path, total, answer.ETag, answer.LastModified), first, answer.ResponseStream, answer) { Checksum = S3ObjectHeaders.ChecksumOf(answer.Metadata) };
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return null;
        }
    }

    public bool ComparesChecksums => Options.Checksums != S3Checksums.Off;

    /// <summary>
    /// The checksum that the server keeps of a file of several parts; asked for with a request of its own, because servers do not tell it with a range.
    /// Files of one request that Cairn wrote carry theirs; of other ones it is looked for only where it is required.
    /// </summary>
    public async Task<uint?> FindChecksumAsync(FileEntry entry, CancellationToken cancellationToken)
    {
        var isRequired = Options.Checksums == S3Checksums.Required;
        var isOfParts = entry.ETag?.Contains('-', StringComparison.Ordinal) ?? false;
        if (!isRequired && (!isOfParts || Server.KeepsChecksums == ServerSupport.No))
            return null;
        var request = new GetObjectMetadataRequest { BucketName = Name, Key = entry.Path.Key, EtagToMatch = entry.ETag, ChecksumMode = ChecksumMode.ENABLED };
        try
        {
            var answer = await CallAsync(entry.Path, static (client, request, ct) => client.GetObjectMetadataAsync(request, ct), request, cancellationToken).ConfigureAwait(false);
            return Crc32C.FromBase64(answer.ChecksumCRC32C) ?? (isRequired
                ? throw FileSystemException.NotSupported(entry.Path, $"'{entry.Path}' has no CRC-32C, and Checksums is Required; read it with Auto.")
                : null);
        }
        catch (FileSystemException e) when (e.Code is FileSystemErrorCode.PreconditionFailed or FileSystemErrorCode.NotFound)
        {
            // Replaced or removed while it was read: what was read is whole, and its checksum is gone.
            return isRequired ? throw new FileChangedException(entry.Path, e) : null;
        }
    }

    /// <summary>Where the server has to verify checksums and has not shown yet that it does, asks it: with an upload that is begun and given up.</summary>
    public async Task RequireChecksumsAsync(StoragePath path, CancellationToken cancellationToken)
    {
        if (Options.Checksums != S3Checksums.Required || Server.KeepsChecksums == ServerSupport.Yes)
            return;
        var probe = await S3Upload.BeginAsync(this, path, Publication.NewWriteId(), withChecksum: true, cancellationToken).ConfigureAwait(false);
        await probe.AbortAsync(cancellationToken).ConfigureAwait(false);
        if (Server.KeepsChecksums != ServerSupport.Yes)
            throw FileSystemException.NotSupported(path, $"The server of '{Root}' verifies no checksums, and Checksums is Required; '{path}' was not written.");
    }

    public FileSystemException Translate(StoragePath path, Exception exception) => S3Errors.Translate(path, exception);

    public static FileEntry Entry(StoragePath path, long length, string? etag, DateTime? modified) => new()
    {
        Path = path,
        Length = length,
        ETag = Unquote(etag),
        LastModified = modified is { } time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : null,
    };

    /// <summary>ETags go without quotes in entries and in conditions: it is what all servers take and what every answer can be brought to.</summary>
    public static string? Unquote(string? etag) => string.IsNullOrEmpty(etag) ? null : etag.Trim('"');
}
