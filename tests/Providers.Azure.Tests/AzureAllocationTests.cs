using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Cairn.FileSystems;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Azure.Tests;

/// <summary>What a call allocates beside what the SDK's own call does; time is measured in bench/.</summary>
[Collection(nameof(Alone))]
public sealed class AzureAllocationTests
{
    private const int Times = 100;

    private readonly byte[] _buffer = new byte[128 * 1024];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_of_1_KiB_allocates_at_most_15_percent_more_than_the_sdk()
    {
        var store = await AzureStore.OpenAsync();
        await using var fileSystem = store.Open();
        var (path, content) = (store.NewDirectory() / "file", Bytes(1024));
        var container = store.RawClient();
        await CompareAsync(
            1.15,
            () => WriteAsync(fileSystem, path, content, WriteMode.Overwrite),
            () => container.GetBlockBlobClient(path.Key).UploadAsync(new MemoryStream(content), new BlobUploadOptions(), Token));
    }

    [Fact]
    public async Task A_read_of_1_KiB_allocates_at_most_15_percent_more_than_the_sdk()
    {
        var store = await AzureStore.OpenAsync();
        await using var fileSystem = store.Open();
        var path = store.NewDirectory() / "file";
        await WriteAsync(fileSystem, path, Bytes(1024), WriteMode.Create);
        var container = store.RawClient();
        await CompareAsync(1.15, () => ReadAllAsync(fileSystem, path), async () =>
        {
            using BlobDownloadStreamingResult blob = await container.GetBlockBlobClient(path.Key).DownloadStreamingAsync(new BlobDownloadOptions(), Token);
            while (await blob.Content.ReadAsync(_buffer, Token) > 0)
            {
            }
        });
    }

    [Fact]
    public async Task A_read_of_64_MiB_allocates_at_most_1_MiB()
    {
        var store = await AzureStore.OpenAsync();
        await using var fileSystem = store.Open(block: 8 * AzureStore.Block);
        var path = store.NewDirectory() / "file";
        await WriteAsync(fileSystem, path, new byte[64 * AzureStore.Block], WriteMode.Create);
        var allocated = await Allocations.OfAsync(1, () => ReadAllAsync(fileSystem, path));
        Assert.True(allocated <= 1024 * 1024, $"{allocated / 1024:F0} KiB were allocated.");
        await fileSystem.DeleteAsync(path, Token);
    }

    private static async Task CompareAsync(double most, Func<Task> ours, Func<Task> sdks)
    {
        var (mine, bare) = (await Allocations.OfAsync(Times, ours), await Allocations.OfAsync(Times, sdks));
        TestContext.Current.TestOutputHelper!.WriteLine($"{mine / 1024:F1} KiB, the SDK {bare / 1024:F1} KiB");
        Assert.True(mine <= most * bare, $"{mine / 1024:F1} KiB each time; the SDK has {bare / 1024:F1} KiB.");
    }

    private async Task ReadAllAsync(AzureBlobFileSystem fileSystem, StoragePath path)
    {
        await using var stream = await fileSystem.OpenReadAsync(path, cancellationToken: Token);
        while (await stream.ReadAsync(_buffer, Token) > 0)
        {
        }
    }
}
