using Cairn.Emulators;
using Cairn.FileSystems;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>
/// Sixteen writers commit one name with <see cref="WriteMode.Create"/> at one moment. Parts are as short as the server takes them: what races are the
/// completions, and hundreds of MiB a round would only keep them apart.
/// </summary>
public abstract class S3RaceTests(S3ServerKind server)
{
    private const int Writers = 16;
    private const int Rounds = 50;
    private const int RoundsInFull = 1000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_16_creators_with_one_put_each_exactly_one_wins() => await RaceAsync("s3-races-put", longWriters: 0);

    /// <summary>Three of them send parts, where the server publishes parts under a condition.</summary>
    [Fact]
    public async Task Of_16_creators_with_puts_and_parts_exactly_one_wins() => await RaceAsync("s3-races-mixed", longWriters: 3);

    [Fact]
    public async Task Of_16_creators_with_parts_exactly_one_wins() => await RaceAsync("s3-races-parts", longWriters: Writers);

    private async Task RaceAsync(string report, int longWriters)
    {
        var store = await S3Store.OpenAsync(server);
        await using var fileSystem = store.Open(parts: store.ShortParts);
        var directory = store.NewDirectory();
        var contents = Enumerable.Range(0, Writers).Select(i => Bytes(i < longWriters ? store.ShortParts.PartSize + 1 + i : 1000 + i)).ToArray();
        var rounds = Effort.Of(Rounds, RoundsInFull);
        var (refused, longWinners) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var path = directory / $"round-{round}";
            var ends = await RoundAsync(fileSystem, path, contents);
            var winner = Assert.Single(ends, end => end.Error is null);
            Assert.All(ends.Where(end => end.Error is not null), end => Assert.True(IsRefusal(end.Error!), end.Error!.ToString()));
            Assert.Equal(contents[winner.Writer], await ReadAsync(fileSystem, path));
            refused += ends.Count(end => end.Error!?.Code == FileSystemErrorCode.AlreadyExists);
            longWinners += winner.Writer < longWriters ? 1 : 0;
            await fileSystem.DeleteAsync(path, Token);
        }
        await store.ReportAsync(report, $"{Writers} creators of one name, {longWriters} of them in parts", $"""
            {rounds:N0} rounds. In each, exactly one commit of {Writers} returned, and the name held the bytes of that writer. {refused:N0} of the others were refused with `AlreadyExists`, {(rounds * (Writers - 1)) - refused:N0}
            with the transient `Conflict`, which says that nothing was published. {longWinners:N0} rounds were won by a writer of {store.ShortParts.PartSize >> 10} KiB and some bytes in two parts{(store.Endpoint.Traits.HonoursConditionalCompletion ? "" : " (spooled here, because this server ignores the condition on a completion, and sent as one conditional PUT)")}.
            """);
    }

    /// <summary>A completion that met another writer's is to be written again.</summary>
    private static bool IsRefusal(FileSystemException error) => error.Code is FileSystemErrorCode.AlreadyExists or FileSystemErrorCode.Conflict;

    private static async Task<(int Writer, FileSystemException? Error)[]> RoundAsync(S3FileSystem fileSystem, StoragePath path, byte[][] contents)
    {
        return await Task.WhenAll(contents.Select(async (content, number) =>
        {
            await using var writer = await fileSystem.OpenWriteAsync(path, cancellationToken: Token);
            await writer.Stream.WriteAsync(content, Token);
            try
            {
                await writer.CommitAsync(Token);
                return (number, null);
            }
            catch (FileSystemException e)
            {
                return (number, (FileSystemException?)e);
            }
        }));
    }

    public sealed class OnWeak() : S3RaceTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3RaceTests(S3ServerKind.Strict);
}
