using System.Collections.Concurrent;
using Amazon.S3.Model;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.S3;

/// <summary>Writes an object: one PUT, or a multi-part upload.</summary>
internal sealed class S3FileWriter(S3Bucket bucket, StoragePath path, WriteOptions options)
    : PartedFileWriter(path, bucket.Options.Parts, options.LengthHint, bucket.Options.TimeProvider)
{
    private readonly string _writeId = Publication.NewWriteId();
    private readonly ConcurrentDictionary<int, (PartETag Name, uint Checksum, long Length)> _sent = new();
    private S3Upload? _upload;

    protected override Task<FileEntry> PutAsync(UploadContent content, CancellationToken cancellationToken) =>
        S3Put.PublishAsync(bucket, Path, options.Mode, _writeId, content, cancellationToken);

    protected override async Task BeginAsync(CancellationToken cancellationToken)
    {
        await bucket.RequireChecksumsAsync(Path, cancellationToken).ConfigureAwait(false);
        _upload = await S3Upload.BeginAsync(bucket, Path, _writeId, bucket.ComparesChecksums, cancellationToken).ConfigureAwait(false);
    }

    protected override async Task<string> UploadPartAsync(int index, UploadContent content, CancellationToken cancellationToken)
    {
        var name = await _upload!.SendAsync(index + 1, content, cancellationToken).ConfigureAwait(false);
        _sent[index] = (name, bucket.ComparesChecksums ? content.Checksum : 0, content.Length);
        return name.ETag;
    }

    protected override Task<FileEntry> CompleteAsync(IReadOnlyList<string> parts, long length, CancellationToken cancellationToken)
    {
        var names = new List<PartETag>(parts.Count);
        var checksum = 0u;
        for (var i = 0; i < parts.Count; i++)
        {
            names.Add(_sent[i].Name);
            checksum = Crc32C.Combine(checksum, _sent[i].Checksum, _sent[i].Length);
        }
        return _upload!.CompleteAsync(options.Mode, names, length, checksum, cancellationToken);
    }

    protected override Task AbortAsync(CancellationToken cancellationToken) => _upload!.AbortAsync(cancellationToken);
}

/// <summary>Writes an object under a condition where the server checks none on a completion: always with one PUT.</summary>
internal sealed class S3SpooledFileWriter(S3Bucket bucket, StoragePath path, WriteOptions options)
    : SpooledFileWriter(path, bucket.Options.Parts.PartSize, S3Limits.MaxPutLength, bucket.Options.SpoolDirectory, bucket.Options.TimeProvider)
{
    private readonly string _writeId = Publication.NewWriteId();

    protected override Task<FileEntry> PutAsync(UploadContent content, CancellationToken cancellationToken) =>
        S3Put.PublishAsync(bucket, Path, options.Mode, _writeId, content, cancellationToken);
}
