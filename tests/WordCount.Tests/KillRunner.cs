namespace Cairn.WordCount.Tests;

/// <summary>
/// Starts the sample and kills it, again and again, until a campaign has its kills, one at least of them after a checkpoint, and every job has ended.
/// </summary>
/// <param name="text">What is counted.</param>
/// <param name="setup">How a job is started that has this folder to itself.</param>
/// <param name="intervals">
/// Times between checkpoints to choose from. The first, none, is for kills from outside only: checkpoint follows checkpoint, so that a kill meets one that is being written.
/// </param>
internal sealed class KillRunner(Text text, Func<JobFolder, JobSetup> setup, IReadOnlyList<string> intervals)
{
    /// <summary>Intervals for checkpoints on a disk.</summary>
    public static readonly IReadOnlyList<string> OnDisk = ["0 ms", "5 ms", "10 ms", "30 ms"];

    /// <summary>Intervals for checkpoints on a store: each takes as long as several on a disk, and at 5 ms a job would do little else.</summary>
    public static readonly IReadOnlyList<string> OnStore = ["0 ms", "20 ms"];

    private const int MostKillsOfOneJob = 12;

    /// <summary>
    /// The seconds that the text takes a job that kills itself: flat out, a fast machine comes to its end before the first checkpoint is on a store.
    /// </summary>
    private const string Pace = "1";

    public async Task<KillCampaign> RunAsync(KillCampaign campaign, int kills, Random random)
    {
        while (campaign.Kills < kills)
        {
            using var folder = new JobFolder();
            var job = setup(folder).With("--backend", campaign.Backend);
            var chain = new KillChain(text);
            while (!chain.IsFinished)
            {
                var hasAll = campaign.Kills + chain.Kills >= kills && (campaign.Restores > 0 || chain.HasCheckpoint);
                var isLast = hasAll || chain.Kills == MostKillsOfOneJob;
                chain.Add(isLast ? await JobProcess.RunAsync(job.With("--interval", "30 ms")) : await StartAndKillAsync(job, campaign, random));
            }
            campaign.Add(chain);
        }
        Assert.InRange(campaign.Kills, kills, kills + MostKillsOfOneJob);
        Assert.True(campaign.Restores > 0, $"Nothing was ever restored: {campaign}");
        return campaign;
    }

    public static async Task<JobEnding> KilledByTestAsync(JobSetup setup, int checkpoints)
    {
        using var process = JobProcess.Start(setup);
        await process.WaitForCheckpointsAsync(checkpoints);
        process.Kill();
        return await process.EndAsync();
    }

    private async Task<JobEnding> StartAndKillAsync(JobSetup job, KillCampaign campaign, Random random)
    {
        job = job.With("--interval", intervals[random.Next(campaign.Killer == Killer.Test ? 0 : 1, intervals.Count)]);
        if (campaign.Killer == Killer.Test)
            return await KilledByTestAsync(job, random.Next(1, 6));
        var records = random.NextInt64(1, text.Records / 2);
        TestContext.Current.TestOutputHelper!.WriteLine($"{campaign.Backend}: kill after {records} records");
        return await JobProcess.RunAsync(job.With("--kill-after", $"{records}", "--pace", Pace));
    }
}
