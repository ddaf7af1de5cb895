using Amazon.S3.Model;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.S3;

/// <summary>Writes an object: one PUT, or a multi-part upload.</summary>
internal sealed class S3FileWriter(S3Bucket bucket, StoragePath path, WriteOptions options)
    : PartedFileWriter(path, bucket.Options.Parts, options.LengthHint, bucket.Options.TimeProvider)
{
    private readonly string _writeId = Publication.NewWriteId();
    private string _uploadId = "";

    protected override Task<FileEntry> PutAsync(UploadContent content, CancellationToken cancellationToken) =>
        bucket.Settlement.PublishAsync(new S3Put(bucket, Path, options.Mode, _writeId, content), cancellationToken);

    protected override async Task BeginAsync(CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = bucket.Name, Key = Path.Key, ContentType = "application/octet-stream" };
        S3Bucket.Stamp(request.Metadata, _writeId);
        var upload = await bucket.CallAsync(Path, static (client, request, ct) => client.InitiateMultipartUploadAsync(request, ct), request, cancellationToken).ConfigureAwait(false);
        _uploadId = upload.UploadId;
    }

    protected override async Task<string> UploadPartAsync(int index, UploadContent content, CancellationToken cancellationToken)
    {
        var part = await bucket.CallAsync(Path, (_, _, ct) => SendPartAsync(index, content, ct), index, cancellationToken).ConfigureAwait(false);
        return part.ETag;
    }

    protected override Task<FileEntry> CompleteAsync(IReadOnlyList<string> parts, long length, CancellationToken cancellationToken)
    {
        List<PartETag> etags = [.. parts.Select((etag, index) => new PartETag(index + 1, etag))];
        return bucket.Settlement.PublishAsync(new S3Completion(bucket, Path, options.Mode, _writeId, _uploadId, etags, length), cancellationToken);
    }

    protected override async Task AbortAsync(CancellationToken cancellationToken)
    {
        var request = new AbortMultipartUploadRequest { BucketName = bucket.Name, Key = Path.Key, UploadId = _uploadId };
        try
        {
            await bucket.CallAsync(Path, static (client, request, ct) => client.AbortMultipartUploadAsync(request, ct), request, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e) when (e.InnerException is Amazon.S3.AmazonS3Exception { ErrorCode: "NoSuchUpload" })
        {
            // Gone already, which is what was wanted.
        }
    }

    private async Task<UploadPartResponse> SendPartAsync(int index, UploadContent content, CancellationToken cancellationToken)
    {
        using var body = content.OpenRead();
        var request = new Uploads.UploadPartRequest
        {
            BucketName = bucket.Name,
            Key = Path.Key,
            UploadId = _uploadId,
            PartNumber = index + 1,
            PartSize = content.Length,
            InputStream = body,
            UseChunkEncoding = false,
        };
        return await bucket.Client.UploadPartAsync(request, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>Writes an object under a condition where the server checks none on a completion: always with one PUT.</summary>
internal sealed class S3SpooledFileWriter(S3Bucket bucket, StoragePath path, WriteOptions options)
    : SpooledFileWriter(path, bucket.Options.Parts.PartSize, MaxPutLength, bucket.Options.SpoolDirectory, bucket.Options.TimeProvider)
{
    /// <summary>What S3 takes in one PUT: 5 GiB.</summary>
    public const long MaxPutLength = 5L << 30;

    private readonly string _writeId = Publication.NewWriteId();

    protected override Task<FileEntry> PutAsync(UploadContent content, CancellationToken cancellationToken) =>
        bucket.Settlement.PublishAsync(new S3Put(bucket, Path, options.Mode, _writeId, content), cancellationToken);
}
