using System.Runtime.InteropServices;

namespace Cairn.WordCount.Tests;

/// <summary>The report of the full run, which is committed.</summary>
internal static class KillReport
{
    public static async Task WriteAsync(IReadOnlyList<KillCampaign> campaigns, Text text, int seed, TimeSpan duration)
    {
        var rows = campaigns.Select(c => $"| {c.Backend} | {(c.Killer == Killer.Test ? "from outside, when it reported a checkpoint" : "by itself, after a random number of records")} | {c.Jobs} | {c.Kills} | {c.MostKills} | {c.Restores} | {c.Skipped:N0} |");
        var report = $"""
            # WordCount, killed {campaigns.Sum(c => c.Kills)} times

            `CAIRN_FULL=1 CAIRN_SEED={seed} dotnet run --project tests/WordCount.Tests -c Release -- -method '*KillTests.A_killed_job*'`, {duration.TotalSeconds:N0} s on {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}.

            Each job counts {text.Records:N0} records ({new DirectoryInfo(text.Folder).GetFiles().Sum(f => f.Length) / 1024.0 / 1024:N1} MiB of text in many scripts) on 4 tasks, flat out or, where it kills itself,
            at `--pace 1`, is killed with SIGKILL on progress, and is started again until it ends. The checkpoint interval is 5, 10 or 30 ms, or 0 where it is killed from outside, chosen anew for each start.

            | backend | killed | jobs | kills | most kills of one job | starts that restored | records skipped by them |
            |---|---|---:|---:|---:|---:|---:|
            {string.Join('\n', rows)}

            What held at every start, else the test would have failed:

            * `recordsSkipped` was at least the position of the last checkpoint that had been reported complete, and never 0 after a report; the checkpoint restored was that one or a newer one.
            * At the end `recordsProcessed` was `recordsTotal` − `recordsSkipped`, `recordsTotal` was {text.Records:N0}, and the digest that of the words as the test counts them itself: `{text.Digest}`.

            """;
        await Repository.WriteReportAsync("wordcount-kills.md", report);
    }
}
