using System.Diagnostics;
using CsCheck;

namespace Cairn.Tests.Checkpoints.Histories;

/// <summary>
/// Random histories against a model: begin, acknowledge, complete, abort, time out, crash, take over, restore, discard, by three processes of which at most
/// one is the owner, with answers lost and failures before effect. A history that fails is shrunk and printed with its seed; CAIRN_SEED runs it again.
/// </summary>
public class HistoryTests
{
    [Fact]
    public async Task In_every_history_the_latest_checkpoint_is_whole_and_restored()
    {
        var histories = Effort.Of(quick: 2_000, full: 100_000);
        var seed = Environment.GetEnvironmentVariable("CAIRN_SEED");
        var statistics = new HistoryStatistics();
        var watch = Stopwatch.StartNew();
        await Step.Histories.SampleAsync(
            async steps =>
            {
                await new History(statistics).RunAsync(steps).WaitAsync(TimeSpan.FromMinutes(1));
            },
            seed: seed,
            iter: histories,
            print: steps => string.Join(' ', steps));
        TestContext.Current.TestOutputHelper?.WriteLine($"{statistics}");
        Assert.Equal(seed is null ? histories : statistics.Histories, statistics.Histories);
        if (Effort.IsFull)
            await HistoryReport.WriteAsync(statistics, watch.Elapsed);
    }
}
