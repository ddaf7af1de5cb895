using Cairn.Conformance.FileSystems;
using Cairn.FileSystems;

namespace Cairn.Providers.Azure.Tests;

public sealed class AzureConformanceTests
{
    private static readonly StoreFeature[] Lacking = [StoreFeature.RealDirectories, StoreFeature.AbandonedWrites];

    public static TheoryData<string> Cases { get; } = [.. FileSystemConformance.NamesFor(Lacking)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Azure_holds_the_contract(string name)
    {
        var store = await AzureStore.OpenAsync();
        Assert.Null(await FileSystemConformance.RunAsync(name, () => new Harness(store), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_is_left_out_of_the_contract_does_not_apply()
    {
        var store = await AzureStore.OpenAsync();
        await FileSystemConformance.CheckLeftOutAsync(() => new Harness(store), Lacking, TestContext.Current.CancellationToken);
    }

    private sealed class Harness(AzureStore store) : FileSystemHarness
    {
        public override IFileSystem FileSystem { get; } = store.Open();

        public override StoragePath Directory { get; } = store.NewDirectory();

        public override long LargeLength => AzureStore.Block + 1;

        public override IFileSystem OpenAnother() => store.Open();

        public override IFileSystem OpenMissing() => store.Open(container: $"missing-{Guid.NewGuid():n}");

        public override IFileSystem OpenForbidden() => store.Open(accountKey: Convert.ToBase64String(new byte[64]));

        public override async Task<bool> TryPlantAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            // What is resolved or changed on the way there cannot be planted either.
            if (key.Contains('\\', StringComparison.Ordinal) || key.Split('/').Any(segment => segment is "." or ".."))
                return false;
            await store.RawClient().GetBlobClient(key).UploadAsync(new BinaryData(bytes), cancellationToken);
            return true;
        }
    }
}
