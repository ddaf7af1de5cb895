using System.Diagnostics;
using Cairn.FileSystems;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Azure.Tests;

/// <summary>Sixteen writers of one name, through as many file systems, whose commits are sent at one moment.</summary>
public sealed class AzureRaceTests
{
    private const int Writers = 16;
    private const int SmallBlock = 16 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("put", 1000)]
    [InlineData("block-list", SmallBlock + 1)]
    public async Task Of_16_creates_one_wins(string kind, int length)
    {
        var rounds = Effort.Of(quick: 50, full: 1000);
        var (store, watch, winners) = (await AzureStore.OpenAsync(), Stopwatch.StartNew(), 0);
        await RaceAsync(store, rounds, WriteMode.Create, length, ends =>
        {
            Assert.Equal(1, ends.Count(end => end is null));
            Assert.All(ends.Where(end => end is not null), end => Assert.Equal(FileSystemErrorCode.AlreadyExists, end!.Code));
            winners++;
        });
        await store.ReportAsync($"azure-creates-{kind}", $"16 creates of one name at once on Azure, {kind}",
            $"{rounds} rounds of {Writers} writers, {watch.Elapsed.TotalSeconds:N0} s: {winners} times exactly one committed, every other one was told that the name is taken, and the file is the winner's, byte by byte.");
    }

    [Fact]
    public async Task Of_16_overwrites_of_several_blocks_one_writers_bytes_are_the_result()
    {
        var rounds = Effort.Of(quick: 20, full: 200);
        var (store, watch) = (await AzureStore.OpenAsync(), Stopwatch.StartNew());
        var (committed, conflicts) = (0, 0);
        await RaceAsync(store, rounds, WriteMode.Overwrite, (3 * SmallBlock) + 7, ends =>
        {
            // A commit drops the blocks that others staged: they are told to write again, and nothing of theirs appears.
            Assert.All(ends.Where(end => end is not null), end => Assert.Equal(FileSystemErrorCode.Conflict, end!.Code));
            Assert.Contains(ends, end => end is null);
            (committed, conflicts) = (committed + ends.Count(end => end is null), conflicts + ends.Count(end => end is not null));
        });
        await store.ReportAsync("azure-overwrites", "16 overwrites of one name in several blocks at once on Azure",
            $"{rounds} rounds of {Writers} writers with 4 blocks each, {watch.Elapsed.TotalSeconds:N0} s: the result was always one committed writer's bytes. {committed} committed, {conflicts} were told to write again.");
    }

    private static async Task RaceAsync(AzureStore store, int rounds, WriteMode mode, int length, Action<FileSystemException?[]> check)
    {
        var fileSystems = Enumerable.Range(0, Writers).Select(_ => store.Open(block: SmallBlock)).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            var path = store.NewDirectory() / "file";
            var ends = await RoundAsync(fileSystems, path, mode, length);
            check(ends);
            var read = await ReadAsync(fileSystems[0], path);
            Assert.Equal(length, read.Length);
            var writer = read[0];
            Assert.True(ends[writer] is null, "the file is of a writer that did not commit");
            Assert.Equal(-1, read.AsSpan().IndexOfAnyExcept(writer));
            await fileSystems[0].DeleteAsync(path, Token);
        }
        foreach (var fileSystem in fileSystems)
            await fileSystem.DisposeAsync();
    }

    /// <summary>Everybody writes, then everybody commits at once; null for who committed.</summary>
    private static async Task<FileSystemException?[]> RoundAsync(AzureBlobFileSystem[] fileSystems, StoragePath path, WriteMode mode, int length)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = Writers;
        return await Task.WhenAll(fileSystems.Select(async (fileSystem, writer) =>
        {
            await using var file = await fileSystem.OpenWriteAsync(path, new() { Mode = mode }, Token);
            var bytes = new byte[length];
            bytes.AsSpan().Fill((byte)writer);
            await file.Stream.WriteAsync(bytes, Token);
            if (Interlocked.Decrement(ref left) == 0)
                written.SetResult();
            await written.Task;
            try
            {
                await file.CommitAsync(Token);
                return null;
            }
            catch (FileSystemException e)
            {
                return e;
            }
        }));
    }
}
