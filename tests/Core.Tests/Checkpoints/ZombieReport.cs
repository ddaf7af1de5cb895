using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.JobWorker;

namespace Cairn.Tests.Checkpoints;

/// <summary>The report of the full run, which is committed.</summary>
internal sealed class ZombieReport(int seed)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly List<ZombieRound> _rounds = [];

    public void Add(ZombieRound round) => _rounds.Add(round);

    public async Task WriteAsync()
    {
        var places = _rounds.GroupBy(r => r.StoppedAt.StartsWith("after", StringComparison.Ordinal) ? "at a moment of the first 10 ms, from outside" : r.StoppedAt, StringComparer.Ordinal)
            .OrderBy(g => g.Key.Length).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"| {g.Key} | {g.Count()} | {g.Count(r => r.WasReported)} |"));
        var report = $"""
            # {_rounds.Count} zombies

            `CAIRN_FULL=1 CAIRN_SEED={seed} dotnet run --project tests/Core.Tests -c Release -- -class '*ZombieTests'`, {_clock.Elapsed.TotalSeconds:N0} s on {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}.

            Two processes on one `file:` root. The first is stopped with SIGSTOP in the middle of its fourth checkpoint (three tasks, incremental state, two checkpoints
            kept), the second takes the job over and completes two, the first is continued.

            What held in every round, else the test would have failed: the second restored the third checkpoint or the fourth; the latest checkpoint is the second's, before
            and after its next one; every state in it was read and is the one that was written; the first ended with `FencedException`, at this checkpoint or, where it had
            looked at the epochs before it was stopped and only had to report the checkpoint (which the second then restored), at its next one.

            | Stopped | Rounds | Reported before it was fenced |
            |---|--:|--:|
            {string.Join('\n', places)}

            """;
        await File.WriteAllTextAsync(Path.Combine(Repository.Root, "docs", "reports", "zombies.md"), report.ReplaceLineEndings("\n"));
    }
}
