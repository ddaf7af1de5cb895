using Cairn.FileSystems;
using Cairn.FileSystems.Local;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>Alone, for what is counted is what the whole process allocates.</summary>
[CollectionDefinition(nameof(LocalAllocationTests), DisableParallelization = true)]
[Collection(nameof(LocalAllocationTests))]
public sealed class LocalAllocationTests
{
#if DEBUG
    /// <summary>In a debug build the compiler makes an object of every state machine: some hundred bytes for each piece of 64 KiB.</summary>
    private const double Slack = 1_000_000;
#else
    private const double Slack = 50_000;
#endif

    [Fact]
    public async Task What_a_write_or_a_read_allocates_does_not_grow_with_the_file()
    {
        await using var folder = new LocalFolder(new LocalFileSystemOptions { Durable = false });
        var piece = new byte[64 * 1024];
        var small = await Allocations.OfAsync(1, () => WriteAndReadAsync(folder, piece, 10));
        var large = await Allocations.OfAsync(1, () => WriteAndReadAsync(folder, piece, 2000));

        Assert.InRange(large, 0, small + Slack);
    }

    private static async Task WriteAndReadAsync(LocalFolder folder, byte[] piece, int pieces)
    {
        await using (var writer = await folder.Files.OpenWriteAsync(folder.Path / "a", new WriteOptions { Mode = WriteMode.Overwrite }, LocalFolder.Token))
        {
            for (var i = 0; i < pieces; i++)
                await writer.Stream.WriteAsync(piece, LocalFolder.Token);
            await writer.CommitAsync(LocalFolder.Token);
        }
        await using var stream = await folder.Files.OpenReadAsync(folder.Path / "a", cancellationToken: LocalFolder.Token);
        while (await stream.ReadAsync(piece, LocalFolder.Token) > 0)
        {
        }
    }
}
