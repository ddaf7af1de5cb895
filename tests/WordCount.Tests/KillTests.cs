using System.Diagnostics;

namespace Cairn.WordCount.Tests;

/// <summary>Killed on progress, again and again, the job counts on from its last checkpoint and comes to the same result.</summary>
public sealed class KillTests(Text text)
{
    [Fact]
    public async Task A_killed_job_goes_on_from_its_last_checkpoint_and_ends_with_the_same_digest()
    {
        var kills = Effort.Of(quick: 5, full: 50);
        var seed = Effort.Seed();
        var campaigns = new List<KillCampaign>();
        var runner = new KillRunner(text, folder => folder.Setup(text), KillRunner.OnDisk);
        var clock = Stopwatch.StartNew();
        foreach (var backend in new[] { "memory", "filesystem" })
        {
            foreach (var killer in Enum.GetValues<Killer>())
                campaigns.Add(await runner.RunAsync(new KillCampaign(backend, killer), kills, new Random(seed + campaigns.Count)));
        }
        if (Effort.IsFull)
            await KillReport.WriteAsync(campaigns, text, seed, clock.Elapsed);
    }

    [Fact]
    public async Task A_count_from_zero_after_a_reported_checkpoint_is_noticed()
    {
        using var folder = new JobFolder();
        var chain = new KillChain(text);
        chain.Add(await KillRunner.KilledByTestAsync(folder.Setup(text).With("--interval", "0 ms"), checkpoints: 2));
        Directory.Delete(folder.Checkpoints, recursive: true);

        var ending = await JobProcess.RunAsync(folder.Setup(text));

        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => chain.Add(ending));
    }
}
