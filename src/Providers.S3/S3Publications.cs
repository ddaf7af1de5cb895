using Amazon.S3.Model;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.S3;

/// <summary>A file that appears in a bucket: what its kinds of publishing requests have in common.</summary>
internal abstract class S3Publication(S3Bucket bucket, StoragePath path, WriteMode mode, string writeId) : Publication(path, mode, writeId)
{
    protected S3Bucket Bucket { get; } = bucket;

    /// <summary><c>*</c> where the file may not be there yet.</summary>
    protected string? IfNoneMatch => Mode == WriteMode.Create ? "*" : null;

    public sealed override async Task<PublishedFile?> LookUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Bucket.HeadAsync(Path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw S3Errors.Translate(Path, e);
        }
    }

    public override PublishFault Judge(Exception exception) => S3Errors.Judge(Path, Mode, exception);
}

/// <summary>A file in one PUT.</summary>
internal sealed class S3Put : S3Publication
{
    private readonly UploadContent _content;
    private readonly string? _checksum;

    private S3Put(S3Bucket bucket, StoragePath path, WriteMode mode, string writeId, UploadContent content)
        : base(bucket, path, mode, writeId)
    {
        _content = content;
        _checksum = bucket.ComparesChecksums ? Crc32C.ToBase64(content.Checksum) : null;
    }

    public override long Length => _content.Length;

    public static async Task<FileEntry> PublishAsync(
        S3Bucket bucket, StoragePath path, WriteMode mode, string writeId, UploadContent content, CancellationToken cancellationToken)
    {
        await bucket.RequireChecksumsAsync(path, cancellationToken).ConfigureAwait(false);
        return await bucket.Settlement.PublishAsync(new S3Put(bucket, path, mode, writeId, content), cancellationToken).ConfigureAwait(false);
    }

    public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
    {
        using var body = _content.OpenRead();
        var request = new Uploads.PutObjectRequest
        {
            BucketName = Bucket.Name,
            Key = Path.Key,
            InputStream = body,
            AutoCloseStream = false,
            UseChunkEncoding = false,
            IfNoneMatch = IfNoneMatch,
            IfMatch = Mode.ExpectedETag,
        };
        Bucket.Headers.Stamp(request, WriteId, _checksum);
        var answer = await Bucket.Client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
        if (_checksum is not null)
            Bucket.Server.LearnChecksums(answer.ChecksumCRC32C is not null);
        return S3Bucket.Entry(Path, _content.Length, answer.ETag, modified: null);
    }
}

/// <summary>A copy inside the bucket.</summary>
internal sealed class S3Copy(S3Bucket bucket, FileEntry source, StoragePath path, WriteMode mode, string writeId) : S3Publication(bucket, path, mode, writeId)
{
    /// <summary>No byte goes over our connection, and yet the server takes its time for each.</summary>
    public override long Length => source.Length;

    public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
    {
        var request = new CopyObjectRequest
        {
            SourceBucket = Bucket.Name,
            SourceKey = source.Path.Key,
            DestinationBucket = Bucket.Name,
            DestinationKey = Path.Key,
            ETagToMatch = source.ETag,
            IfNoneMatch = IfNoneMatch,
            IfMatch = Mode.ExpectedETag,
        };
        Bucket.Headers.Stamp(request, WriteId);
        var answer = await Bucket.Client.CopyObjectAsync(request, cancellationToken).ConfigureAwait(false);
        var entry = S3Bucket.Entry(Path, source.Length, answer.ETag, modified: null);
        // Where the condition on the source is ignored, it may have been another version by now, of another length.
        if (Bucket.Server.CompletesConditionally || entry.ETag == source.ETag)
            return entry;
        return await Bucket.TryFindAsync(Path, cancellationToken).ConfigureAwait(false) ?? entry;
    }

    public override PublishFault Judge(Exception exception)
    {
        if (exception is Amazon.S3.AmazonS3Exception { ErrorCode: "NoSuchKey" })
            return new(PublishFaultKind.Rejected, FileSystemException.NotFound(source.Path, exception));
        var fault = base.Judge(exception);
        // Where the destination is as it should be, it is the source that was not.
        return fault.Kind == PublishFaultKind.Refused && source.ETag is { } etag
            ? fault with { Error = FileSystemException.PreconditionFailed(source.Path, etag, exception) }
            : fault;
    }
}
