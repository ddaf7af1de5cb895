using System.Diagnostics;
using Cairn.WordCount.Tests;

namespace Cairn.Providers.Azure.Tests;

/// <summary>The sample with its checkpoints on <c>abfs:</c>, killed on progress, again and again. The server is left running: Azurite itself does not survive a kill.</summary>
public sealed class AzureKillTests(Text text)
{
    public static MatrixTheoryData<string, Killer> Campaigns { get; } = new(["memory", "filesystem"], Enum.GetValues<Killer>());

    [Theory]
    [MemberData(nameof(Campaigns))]
    public async Task A_killed_job_goes_on_from_its_last_checkpoint_and_ends_with_the_same_digest(string backend, Killer killer)
    {
        var store = await AzureStore.OpenAsync();
        var (kills, seed, watch) = (Effort.Of(quick: 5, full: 50), Effort.Seed(), Stopwatch.StartNew());
        var campaign = await new KillRunner(text, folder => Setup(folder, store), KillRunner.OnStore).RunAsync(new KillCampaign(backend, killer), kills, new Random(seed));
        await store.ReportCaseAsync(
            "azure-wordcount-kills", $"WordCount on abfs://, killed {kills} times by each of two killers with each of two backends",
            "Every start went on from the last checkpoint that was reported complete or a newer one, every job ended with the digest that the test counts itself.",
            $"{backend}, killed by {killer}", $"{campaign.Jobs} jobs, {campaign.Kills} kills, {campaign.Restores} restores, {campaign.Skipped} records skipped; seed {seed}, {watch.Elapsed.TotalSeconds:N0} s");
    }

    private JobSetup Setup(JobFolder folder, AzureStore store) => folder.Setup(text)
        .WithEnvironment("Cairn__Checkpoints__Directory", $"abfs://{store.Container}@{store.Endpoint.AccountName}.dfs.core.windows.net/kills/{Path.GetFileName(folder.Path)}")
        .WithEnvironment("Cairn__FileSystems__abfs__AccountKey", store.Endpoint.AccountKey)
        .WithEnvironment("Cairn__FileSystems__abfs__Endpoint", $"{store.Endpoint.BlobEndpoint}");
}
