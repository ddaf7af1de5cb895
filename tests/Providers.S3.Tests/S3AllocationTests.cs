using Amazon.S3.Model;
using Cairn.Emulators;
using Cairn.FileSystems;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>What a call allocates beside what the SDK's own call does; time is measured in bench/. Nothing runs beside these.</summary>
[Collection(nameof(ProcessEnvironment))]
public sealed class S3AllocationTests
{
    private const int Writes = 100;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_write_of_1_KiB_allocates_at_most_15_percent_more_than_the_tuned_call_of_the_sdk()
    {
        var store = await S3Store.OpenAsync(S3ServerKind.Any);
        await using var fileSystem = store.Open();
        using var client = store.RawClient();
        var (path, content) = (store.NewDirectory() / "file", Bytes(1024));
        var ours = await Allocations.OfAsync(Writes, () => WriteAsync(fileSystem, path, content, WriteMode.Overwrite));
        var tuned = await Allocations.OfAsync(Writes, async () =>
        {
            using var body = new MemoryStream(content);
            await client.PutObjectAsync(new PutObjectRequest { BucketName = store.Bucket, Key = path.Key, InputStream = body, UseChunkEncoding = false }, Token);
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"{ours / 1024:F1} KiB, the SDK {tuned / 1024:F1} KiB");
        Assert.True(ours <= 1.15 * tuned, $"{ours / 1024:F1} KiB a write; the tuned SDK has {tuned / 1024:F1} KiB.");
    }

    [Fact]
    public async Task A_read_of_64_MiB_allocates_at_most_1_MiB()
    {
        var store = await S3Store.OpenAsync(S3ServerKind.Any);
        await using var fileSystem = store.Open();
        var path = store.NewDirectory() / "file";
        await using (var writer = await fileSystem.OpenWriteAsync(path, new() { Mode = WriteMode.Overwrite }, Token))
        {
            for (var i = 0; i < 64; i++)
                await writer.Stream.WriteAsync(Bytes(1 << 20), Token);
            await writer.CommitAsync(Token);
        }
        var buffer = new byte[128 * 1024];
        var allocated = await Allocations.OfAsync(1, async () =>
        {
            await using var stream = await fileSystem.OpenReadAsync(path, cancellationToken: Token);
            while (await stream.ReadAsync(buffer, Token) > 0)
            {
            }
        });
        TestContext.Current.TestOutputHelper!.WriteLine($"{allocated / 1024:F1} KiB");
        Assert.True(allocated <= 1 << 20, $"{allocated / 1024:F0} KiB were allocated.");
        await fileSystem.DeleteAsync(path, Token);
    }

    [Fact]
    public async Task A_listing_holds_one_page_however_many_there_are()
    {
        const int Keys = 1000;
        var store = await S3Store.OpenAsync(S3ServerKind.Any);
        await using var fileSystem = store.Open();
        var directory = store.NewDirectory();
        await Parallel.ForAsync(0, Keys, Token, async (i, _) => await WriteAsync(fileSystem, directory / $"{i:d4}", [], WriteMode.Overwrite));
        var (listed, held) = (0, new List<long>());
        await foreach (var entry in fileSystem.ListAsync(directory, new() { PageSize = 20 }, Token))
        {
            if (++listed % 100 == 50)
                held.Add(GC.GetTotalMemory(forceFullCollection: true));
        }
        Assert.Equal(Keys, listed);
        TestContext.Current.TestOutputHelper!.WriteLine(string.Join(", ", held.Select(bytes => $"{bytes / 1024} KiB")));
        // Everything listed would be 300 KiB more at the end.
        Assert.True(held[^3..].Min() - held[1..4].Min() <= 100 * 1024, $"{string.Join(", ", held)} bytes were held.");
    }
}
