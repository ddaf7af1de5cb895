using System.Diagnostics;
using Cairn.Emulators;
using Cairn.WordCount.Tests;

namespace Cairn.Providers.S3.Tests;

/// <summary>The sample job with its checkpoints on S3, killed with SIGKILL again and again.</summary>
public abstract class S3WordCountTests(S3ServerKind server, Text text)
{
    private const int MostKillsOfOneJob = 10;

    [Fact]
    public async Task A_killed_job_goes_on_from_its_last_checkpoint_and_ends_with_the_same_digest()
    {
        var store = await S3Store.OpenAsync(server);
        var (kills, seed) = (Effort.Of(quick: 5, full: 50), Effort.Seed());
        var clock = Stopwatch.StartNew();
        var campaigns = new[] { "memory", "filesystem" }.SelectMany(_ => Enum.GetValues<Killer>(), (backend, killer) => new KillCampaign(backend, killer)).ToList();
        // Two at a time: a job that starts keeps a processor busy, and one that works waits for the store.
        await Parallel.ForAsync(0, campaigns.Count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (i, _) => await RunAsync(store, campaigns[i], kills, new Random(seed + i)));
        Assert.All(campaigns, campaign => Assert.True(campaign.Restores > 0, $"Nothing was ever restored: {campaign}"));
        await store.ReportAsync("s3-wordcount-kills", $"WordCount on S3, killed {campaigns.Sum(campaign => campaign.Kills)} times", $"""
            Every start restored the last checkpoint that was reported complete, or a newer one, and every job ended with the digest of an undisturbed count ({clock.Elapsed.TotalSeconds:N0} s).

            {string.Join("\n", campaigns.Select(campaign => $"* {campaign}"))}
            """);
    }

    private async Task RunAsync(S3Store store, KillCampaign campaign, int kills, Random random)
    {
        while (campaign.Kills < kills)
        {
            using var folder = new JobFolder();
            var setup = Setup(store, folder, campaign.Backend);
            var chain = new KillChain(text);
            while (!chain.IsFinished)
            {
                var isLast = campaign.Kills + chain.Kills == kills || chain.Kills == MostKillsOfOneJob;
                chain.Add(isLast ? await JobProcess.RunAsync(setup) : await StartAndKillAsync(setup, campaign.Killer, random));
            }
            campaign.Add(chain);
        }
    }

    private async Task<JobEnding> StartAndKillAsync(JobSetup setup, Killer killer, Random random)
    {
        if (killer == Killer.Itself)
            return await JobProcess.RunAsync(setup.With("--kill-after", $"{random.NextInt64(1, text.Records / 2)}"));
        using var process = JobProcess.Start(setup);
        await process.WaitForCheckpointsAsync(random.Next(1, 4));
        process.Kill();
        return await process.EndAsync();
    }

    private JobSetup Setup(S3Store store, JobFolder folder, string backend) => folder.Setup(text).With("--backend", backend, "--interval", "20 ms")
        .WithEnvironment("Cairn__Checkpoints__Directory", $"{store.NewDirectory()}")
        .WithEnvironment("Cairn__FileSystems__s3__ServiceUrl", $"{store.Endpoint.ServiceUrl}")
        .WithEnvironment("Cairn__FileSystems__s3__AccessKey", store.Endpoint.AccessKey)
        .WithEnvironment("Cairn__FileSystems__s3__SecretKey", store.Endpoint.SecretKey);

    public sealed class OnWeak(Text text) : S3WordCountTests(S3ServerKind.Any, text);

    public sealed class OnStrict(Text text) : S3WordCountTests(S3ServerKind.Strict, text);
}
