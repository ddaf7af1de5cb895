using Amazon.S3.Model;
using Cairn.Conformance.FileSystems;
using Cairn.FileSystems;

namespace Cairn.Providers.S3.Tests;

/// <summary>A directory of a bucket for one case. Parts are short, and in a full run as long as S3 wants them.</summary>
internal sealed class S3Harness(S3Store store) : FileSystemHarness
{
    public override IFileSystem FileSystem { get; } = Open(store);

    public override StoragePath Directory { get; } = store.NewDirectory();

    public override long LargeLength => FileSystem.Capabilities.SingleRequestLength!.Value + 1;

    public override IFileSystem OpenAnother() => Open(store);

    public override IFileSystem OpenMissing() => store.Open(root: StoragePath.Parse($"s3://missing-{Guid.NewGuid():n}/"));

    public override IFileSystem OpenForbidden() => store.Open(secretKey: "wrong");

    public override async Task<bool> TryPlantAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        using var client = store.RawClient();
        using var body = new MemoryStream(bytes.ToArray());
        await client.PutObjectAsync(new PutObjectRequest { BucketName = store.Bucket, Key = key, InputStream = body, UseChunkEncoding = false }, cancellationToken);
        return true;
    }

    public override async Task<bool> TryAbandonAsync(StoragePath path, CancellationToken cancellationToken)
    {
        using var client = store.RawClient();
        await client.InitiateMultipartUploadAsync(store.Bucket, path.Key, cancellationToken);
        return true;
    }

    private static S3FileSystem Open(S3Store store) => store.Open(parts: Effort.IsFull ? null : store.ShortParts);
}
