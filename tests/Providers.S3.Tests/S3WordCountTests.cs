using System.Diagnostics;
using Cairn.Emulators;
using Cairn.WordCount.Tests;

namespace Cairn.Providers.S3.Tests;

/// <summary>The sample job with its checkpoints on S3, killed with SIGKILL again and again.</summary>
public abstract class S3WordCountTests(S3ServerKind server, Text text)
{
    [Fact]
    public async Task A_killed_job_goes_on_from_its_last_checkpoint_and_ends_with_the_same_digest()
    {
        var store = await S3Store.OpenAsync(server);
        var (kills, seed) = (Effort.Of(quick: 5, full: 50), Effort.Seed());
        var clock = Stopwatch.StartNew();
        var campaigns = new[] { "memory", "filesystem" }.SelectMany(_ => Enum.GetValues<Killer>(), (backend, killer) => new KillCampaign(backend, killer)).ToList();
        var runner = new KillRunner(text, folder => Setup(store, folder), KillRunner.OnStore);
        // Two at a time: a job that starts keeps a processor busy, and one that works waits for the store.
        await Parallel.ForAsync(0, campaigns.Count, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (i, _) => await runner.RunAsync(campaigns[i], kills, new Random(seed + i)));
        await store.ReportAsync("s3-wordcount-kills", $"WordCount on S3, killed {campaigns.Sum(campaign => campaign.Kills)} times", $"""
            Every start restored the last checkpoint that was reported complete, or a newer one, and every job ended with the digest of an undisturbed count ({clock.Elapsed.TotalSeconds:N0} s).

            {string.Join("\n", campaigns.Select(campaign => $"* {campaign}"))}
            """);
    }

    private JobSetup Setup(S3Store store, JobFolder folder) => folder.Setup(text)
        .WithEnvironment("Cairn__Checkpoints__Directory", $"{store.NewDirectory()}")
        .WithEnvironment("Cairn__FileSystems__s3__ServiceUrl", $"{store.Endpoint.ServiceUrl}")
        .WithEnvironment("Cairn__FileSystems__s3__AccessKey", store.Endpoint.AccessKey)
        .WithEnvironment("Cairn__FileSystems__s3__SecretKey", store.Endpoint.SecretKey);

    public sealed class OnWeak(Text text) : S3WordCountTests(S3ServerKind.Any, text);

    public sealed class OnStrict(Text text) : S3WordCountTests(S3ServerKind.Strict, text);
}
