using System.Buffers;
using System.Security.Cryptography;
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
internal sealed class S3Put(S3Bucket bucket, StoragePath path, WriteMode mode, string writeId, UploadContent content) : S3Publication(bucket, path, mode, writeId)
{
    public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
    {
        using var body = content.OpenRead();
        var request = new Uploads.PutObjectRequest
        {
            BucketName = Bucket.Name,
            Key = Path.Key,
            InputStream = body,
            AutoCloseStream = false,
            UseChunkEncoding = false,
            ContentType = "application/octet-stream",
            IfNoneMatch = IfNoneMatch,
            IfMatch = Mode.ExpectedETag,
        };
        S3Bucket.Stamp(request.Metadata, WriteId);
        var answer = await Bucket.Client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
        return S3Bucket.Entry(Path, content.Length, answer.ETag, modified: null);
    }
}

/// <summary>The completion of a multi-part upload.</summary>
internal sealed class S3Completion(S3Bucket bucket, StoragePath path, WriteMode mode, string writeId, string uploadId, List<PartETag> parts, long length)
    : S3Publication(bucket, path, mode, writeId)
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>S3 says of a completion that met another request: begin a new upload.</summary>
    public override bool RepeatsAfterConflict => false;

    public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
    {
        var request = new CompleteMultipartUploadRequest
        {
            BucketName = Bucket.Name,
            Key = Path.Key,
            UploadId = uploadId,
            PartETags = parts,
            IfNoneMatch = Bucket.Server.CompletesConditionally ? IfNoneMatch : null,
            IfMatch = Bucket.Server.CompletesConditionally ? Mode.ExpectedETag : null,
        };
        var answer = await Bucket.Client.CompleteMultipartUploadAsync(request, cancellationToken).ConfigureAwait(false);
        var etag = S3Bucket.Unquote(answer.ETag) ?? ETagOf(parts) ?? (await Bucket.FindAsync(Path, cancellationToken).ConfigureAwait(false))?.ETag;
        return S3Bucket.Entry(Path, length, etag, modified: null);
    }

    /// <summary>Ceph up to 18 answers a completion without the ETag; it is the hash of the parts' hashes. Null where those are none.</summary>
    private static string? ETagOf(List<PartETag> parts)
    {
        if (!parts.TrueForAll(part => part.ETag.AsSpan().Trim('"') is { Length: 32 } hash && !hash.ContainsAnyExcept(HexDigits)))
            return null;
#pragma warning disable CA5351 // It is S3's definition of an ETag and protects nothing.
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        foreach (var part in parts)
            hash.AppendData(Convert.FromHexString(S3Bucket.Unquote(part.ETag)!));
        return $"{Convert.ToHexStringLower(hash.GetHashAndReset())}-{parts.Count}";
    }
}

/// <summary>A copy inside the bucket.</summary>
internal sealed class S3Copy(S3Bucket bucket, FileEntry source, StoragePath path, WriteMode mode, string writeId) : S3Publication(bucket, path, mode, writeId)
{
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
            // Or the copy would carry the write id of its source.
            MetadataDirective = Amazon.S3.S3MetadataDirective.REPLACE,
            ContentType = "application/octet-stream",
        };
        S3Bucket.Stamp(request.Metadata, WriteId);
        var answer = await Bucket.Client.CopyObjectAsync(request, cancellationToken).ConfigureAwait(false);
        var entry = S3Bucket.Entry(Path, source.Length, answer.ETag, modified: null);
        // Where the condition on the source is ignored, it may have been another version by now, of another length.
        if (Bucket.Server.CompletesConditionally || entry.ETag == source.ETag)
            return entry;
        return await Bucket.FindAsync(Path, cancellationToken).ConfigureAwait(false) ?? entry;
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
