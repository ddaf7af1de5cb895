using System.Diagnostics;

namespace Cairn.WordCount.Tests;

/// <summary>Killed on progress, again and again, the job counts on from its last checkpoint and comes to the same result.</summary>
public sealed class KillTests(Text text)
{
    private const int MostKillsOfOneJob = 12;

    // At 0 it takes checkpoint after checkpoint, so that a kill from outside meets one that is being written.
    private static readonly string[] Intervals = ["0 ms", "5 ms", "10 ms", "30 ms"];

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CAIRN_FULL") == "1";

    [Fact]
    public async Task A_killed_job_goes_on_from_its_last_checkpoint_and_ends_with_the_same_digest()
    {
        var kills = IsFull ? 50 : 5;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CAIRN_SEED"), out var given) ? given : Random.Shared.Next();
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var campaigns = new List<KillCampaign>();
        var clock = Stopwatch.StartNew();
        foreach (var backend in new[] { "memory", "filesystem" })
        {
            foreach (var killer in Enum.GetValues<Killer>())
                campaigns.Add(await RunAsync(new KillCampaign(backend, killer), kills, new Random(seed + campaigns.Count)));
        }
        Assert.Equal(4 * kills, campaigns.Sum(c => c.Kills));
        Assert.All(campaigns, campaign => Assert.True(campaign.Restores > 0, $"Nothing was ever restored: {campaign}"));
        if (IsFull)
            await KillReport.WriteAsync(campaigns, text, seed, clock.Elapsed);
    }

    [Fact]
    public async Task A_count_from_zero_after_a_reported_checkpoint_is_noticed()
    {
        using var folder = new JobFolder();
        var chain = new KillChain(text);
        chain.Add(await KilledByTestAsync(folder.Setup(text).With("--interval", "0 ms"), checkpoints: 2));
        Directory.Delete(folder.Checkpoints, recursive: true);

        var ending = await JobProcess.RunAsync(folder.Setup(text));

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => chain.Add(ending));
    }

    private async Task<KillCampaign> RunAsync(KillCampaign campaign, int kills, Random random)
    {
        while (campaign.Kills < kills)
        {
            using var folder = new JobFolder();
            var chain = new KillChain(text);
            while (!chain.IsFinished)
            {
                var isLast = campaign.Kills + chain.Kills == kills || chain.Kills == MostKillsOfOneJob;
                chain.Add(isLast ? await JobProcess.RunAsync(Setup(folder, campaign, "30 ms")) : await StartAndKillAsync(folder, campaign, random));
            }
            campaign.Add(chain);
        }
        return campaign;
    }

    private async Task<JobEnding> StartAndKillAsync(JobFolder folder, KillCampaign campaign, Random random)
    {
        var setup = Setup(folder, campaign, Intervals[random.Next(campaign.Killer == Killer.Test ? 0 : 1, Intervals.Length)]);
        if (campaign.Killer == Killer.Test)
            return await KilledByTestAsync(setup, random.Next(1, 6));
        var records = random.NextInt64(1, text.Records / 2);
        TestContext.Current.TestOutputHelper!.WriteLine($"{campaign.Backend}: kill after {records} records");
        return await JobProcess.RunAsync(setup.With("--kill-after", $"{records}"));
    }

    private static async Task<JobEnding> KilledByTestAsync(JobSetup setup, int checkpoints)
    {
        using var process = JobProcess.Start(setup);
        await process.WaitForCheckpointsAsync(checkpoints);
        process.Kill();
        return await process.EndAsync();
    }

    private JobSetup Setup(JobFolder folder, KillCampaign campaign, string interval) =>
        folder.Setup(text).With("--backend", campaign.Backend, "--interval", interval);
}
