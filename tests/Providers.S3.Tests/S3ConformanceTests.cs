using Amazon.S3.Model;
using Cairn.Conformance.FileSystems;
using Cairn.Emulators;
using Cairn.FileSystems;

namespace Cairn.Providers.S3.Tests;

public abstract class S3ConformanceTests(S3ServerKind server)
{
    private static readonly StoreFeature[] Lacking = [StoreFeature.RealDirectories];

    public static TheoryData<string> Cases { get; } = [.. FileSystemConformance.NamesFor(Lacking)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task S3_holds_the_contract(string name)
    {
        var store = await S3Store.OpenAsync(server);
        Assert.Null(await FileSystemConformance.RunAsync(name, () => new Harness(store), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_left_out_of_the_contract_does_not_apply()
    {
        var store = await S3Store.OpenAsync(server);
        await FileSystemConformance.CheckLeftOutAsync(() => new Harness(store), Lacking, TestContext.Current.CancellationToken);
    }

    private sealed class Harness(S3Store store) : FileSystemHarness
    {
        public override IFileSystem FileSystem { get; } = store.Open();

        public override StoragePath Directory { get; } = store.NewDirectory();

        public override long LargeLength => FileSystem.Capabilities.SingleRequestLength!.Value + 1;

        public override IFileSystem OpenAnother() => store.Open();

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
    }

    public sealed class OnWeak() : S3ConformanceTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3ConformanceTests(S3ServerKind.Strict);
}
