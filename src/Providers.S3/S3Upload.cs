using System.Buffers;
using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.S3;

/// <summary>One upload in parts: its parts are sent or copied, and it is completed or given up. Parts may be sent at once.</summary>
internal sealed class S3Upload
{
    private readonly S3Bucket _bucket;
    private readonly StoragePath _path;
    private readonly string _id;
    private readonly string _writeId;
    private readonly bool _withChecksum;

    private S3Upload(S3Bucket bucket, StoragePath path, string id, string writeId, bool withChecksum) =>
        (_bucket, _path, _id, _writeId, _withChecksum) = (bucket, path, id, writeId, withChecksum);

    /// <summary>Begins one.</summary>
    /// <param name="bucket">Where.</param>
    /// <param name="path">The file that it becomes.</param>
    /// <param name="writeId">The id that the file carries.</param>
    /// <param name="withChecksum">Whether each part comes with its checksum.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public static async Task<S3Upload> BeginAsync(S3Bucket bucket, StoragePath path, string writeId, bool withChecksum, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = bucket.Name, Key = path.Key };
        bucket.Headers.Stamp(request, writeId, withChecksum);
        var answer = await bucket.CallAsync(path, static (client, request, ct) => client.InitiateMultipartUploadAsync(request, ct), request, cancellationToken).ConfigureAwait(false);
        if (withChecksum)
            bucket.Server.LearnChecksums(answer.ChecksumAlgorithm == ChecksumAlgorithm.CRC32C);
        return new S3Upload(bucket, path, answer.UploadId, writeId, withChecksum);
    }

    /// <summary>Sends a part.</summary>
    public async Task<PartETag> SendAsync(int number, UploadContent content, CancellationToken cancellationToken)
    {
        var checksum = _withChecksum ? Crc32C.ToBase64(content.Checksum) : null;
        var answer = await _bucket.CallAsync(_path, (_, _, ct) => SendOnceAsync(number, content, checksum, ct), number, cancellationToken, content.Length).ConfigureAwait(false);
        return new PartETag(number, answer.ETag) { ChecksumCRC32C = checksum };
    }

    /// <summary>Copies a part from another object, on the server.</summary>
    public async Task<PartETag> CopyAsync(int number, FileEntry source, long offset, long length, CancellationToken cancellationToken)
    {
        var request = new CopyPartRequest
        {
            SourceBucket = _bucket.Name,
            SourceKey = source.Path.Key,
            ETagToMatch = source.ETag is { } etag ? [etag] : null,
            DestinationBucket = _bucket.Name,
            DestinationKey = _path.Key,
            UploadId = _id,
            PartNumber = number,
            FirstByte = offset,
            LastByte = offset + length - 1,
        };
        var answer = await _bucket.CallAsync(source.Path, static (client, request, ct) => client.CopyPartAsync(request, ct), request, cancellationToken, length).ConfigureAwait(false);
        return new PartETag(number, answer.ETag);
    }

    /// <summary>Publishes the file of these parts.</summary>
    /// <param name="mode">On what condition it may appear.</param>
    /// <param name="parts">All of them, in order.</param>
    /// <param name="length">Bytes in all.</param>
    /// <param name="checksum">Their checksum; null when it is not known.</param>
    /// <param name="cancellationToken">Shortens the wait for the outcome.</param>
    public Task<FileEntry> CompleteAsync(WriteMode mode, List<PartETag> parts, long length, uint? checksum, CancellationToken cancellationToken) =>
        _bucket.Settlement.PublishAsync(new Completion(this, mode, parts, length, checksum), cancellationToken);

    /// <summary>Gives it up; its parts are gone then.</summary>
    public async Task AbortAsync(CancellationToken cancellationToken)
    {
        var request = new AbortMultipartUploadRequest { BucketName = _bucket.Name, Key = _path.Key, UploadId = _id };
        try
        {
            await _bucket.CallAsync(_path, static (client, request, ct) => client.AbortMultipartUploadAsync(request, ct), request, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e) when (e.InnerException is AmazonS3Exception { ErrorCode: S3Errors.NoSuchUpload })
        {
            // Gone already, which is what was wanted.
        }
    }

    private async Task<UploadPartResponse> SendOnceAsync(int number, UploadContent content, string? checksum, CancellationToken cancellationToken)
    {
        using var body = content.OpenRead();
        var request = new Uploads.UploadPartRequest
        {
            BucketName = _bucket.Name,
            Key = _path.Key,
            UploadId = _id,
            PartNumber = number,
            PartSize = content.Length,
            InputStream = body,
            UseChunkEncoding = false,
        };
        if (checksum is not null)
        {
            request.ChecksumAlgorithm = ChecksumAlgorithm.CRC32C;
            request.ChecksumCRC32C = checksum;
        }
        return await _bucket.Client.UploadPartAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The completion, as a publishing request.</summary>
    private sealed class Completion(S3Upload upload, WriteMode mode, List<PartETag> parts, long length, uint? checksum)
        : S3Publication(upload._bucket, upload._path, mode, upload._writeId)
    {
        // Putting parts together takes the server some milliseconds each; the time that a request may take counts bytes.
        private const int BytesForAPart = 64 * 1024;

        private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

        public override long Length => (long)parts.Count * BytesForAPart;

        /// <summary>S3 says of a completion that met another request: begin a new upload.</summary>
        public override bool RepeatsAfterConflict => false;

        public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
        {
            var request = new CompleteMultipartUploadRequest
            {
                BucketName = Bucket.Name,
                Key = Path.Key,
                UploadId = upload._id,
                PartETags = parts,
                IfNoneMatch = Bucket.Server.CompletesConditionally ? IfNoneMatch : null,
                IfMatch = Bucket.Server.CompletesConditionally ? Mode.ExpectedETag : null,
            };
            if (checksum is { } known && upload._withChecksum)
            {
                request.ChecksumCRC32C = Crc32C.ToBase64(known);
                request.ChecksumType = ChecksumType.FULL_OBJECT;
            }
            var answer = await Bucket.Client.CompleteMultipartUploadAsync(request, cancellationToken).ConfigureAwait(false);
            var etag = S3Bucket.Unquote(answer.ETag) ?? ETagOf(parts) ?? (await Bucket.TryFindAsync(Path, cancellationToken).ConfigureAwait(false))?.ETag;
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
}
