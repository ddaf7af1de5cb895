using System.Globalization;
using System.Runtime.InteropServices;
using Cairn.Tests;

namespace Cairn.JobWorker;

/// <summary>The report of a full run, which is committed.</summary>
public static class ZombieReport
{
    /// <summary>Writes <c>docs/reports/<paramref name="file"/></c> into the checkout that the tests were built from.</summary>
    /// <param name="campaign">What was run.</param>
    /// <param name="store">What the two processes share, in words.</param>
    /// <param name="project">The test project that ran it.</param>
    /// <param name="file">The report's name.</param>
    public static async Task WriteAsync(ZombieCampaign campaign, string store, string project, string file)
    {
        ArgumentNullException.ThrowIfNull(campaign);
        var places = campaign.Rounds.GroupBy(PlaceOf, StringComparer.Ordinal)
            .OrderBy(g => g.Key.Length).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"| {g.Key} | {g.Count()} | {g.Count(r => r.WasReported)} |"));
        var report = $"""
            # {campaign.Rounds.Count} zombies on {store}

            `CAIRN_FULL=1 CAIRN_SEED={campaign.Seed} dotnet run --project tests/{project} -c Release -- -method '*A_process_that_was_stopped*'`, {campaign.Duration.TotalSeconds:N0} s on {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}.

            Two processes on one directory. The first is stopped with SIGSTOP in the middle of its fourth checkpoint (three tasks, incremental state, two checkpoints
            kept), the second takes the job over and completes two, the first is continued.

            What held in every round, else the test would have failed: the second restored the third checkpoint or the fourth; the latest checkpoint is the second's, before
            and after its next one; every state in it was read and is the one that was written; the first ended with `FencedException`, at this checkpoint or, where it had
            looked at the epochs before it was stopped and only had to report the checkpoint (which the second then restored), at its next one.

            | Stopped | Rounds | Reported before it was fenced |
            |---|--:|--:|
            {string.Join('\n', places)}

            """;
        await Repository.WriteReportAsync(file, report);
    }

    private static string PlaceOf(ZombieRound round) =>
        round.StoppedAt.StartsWith("after", StringComparison.Ordinal) ? "at a moment of the first 10 ms, from outside" : round.StoppedAt;
}
