using System.Diagnostics;
using Cairn.WordCount.Tests;

namespace Cairn.Providers.Azure.Tests;

/// <summary>The sample with its checkpoints on <c>abfs:</c>, killed on progress, again and again. The server is left running: Azurite itself does not survive a kill.</summary>
public sealed class AzureKillTests(Text text)
{
    [Fact]
    public async Task A_killed_job_goes_on_from_its_last_checkpoint_and_ends_with_the_same_digest()
    {
        var store = await AzureStore.OpenAsync();
        var (kills, seed, watch) = (Effort.Of(quick: 5, full: 50), Effort.Seed(), Stopwatch.StartNew());
        var runner = new KillRunner(text, folder => Setup(folder, store));
        var campaigns = new List<KillCampaign>();
        foreach (var backend in new[] { "memory", "filesystem" })
        {
            foreach (var killer in Enum.GetValues<Killer>())
                campaigns.Add(await runner.RunAsync(new KillCampaign(backend, killer), kills, new Random(seed + campaigns.Count)));
        }
        Assert.Equal(4 * kills, campaigns.Sum(campaign => campaign.Kills));
        Assert.All(campaigns, campaign => Assert.True(campaign.Restores > 0, $"Nothing was ever restored: {campaign}"));
        await store.ReportAsync("azure-wordcount-kills", $"WordCount on abfs://, killed {4 * kills} times",
            $"{watch.Elapsed.TotalSeconds:N0} s, seed {seed}. Every start went on from the last checkpoint that was reported complete or a newer one, every job ended with the digest that the test counts itself.\n\n{string.Join('\n', campaigns.Select(campaign => $"* {campaign}"))}");
    }

    private JobSetup Setup(JobFolder folder, AzureStore store) => folder.Setup(text)
        .WithEnvironment("Cairn__Checkpoints__Directory", $"abfs://{store.Container}@{store.Endpoint.AccountName}.dfs.core.windows.net/kills/{Path.GetFileName(folder.Path)}")
        .WithEnvironment("Cairn__FileSystems__abfs__AccountKey", store.Endpoint.AccountKey)
        .WithEnvironment("Cairn__FileSystems__abfs__Endpoint", $"{store.Endpoint.BlobEndpoint}");
}
