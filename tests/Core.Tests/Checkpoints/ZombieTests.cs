using Cairn.FileSystems;
using Cairn.JobWorker;

namespace Cairn.Tests.Checkpoints;

/// <summary>A process that was stopped and replaced, and goes on.</summary>
public class ZombieTests
{
    [Fact]
    public async Task A_process_that_was_stopped_in_the_middle_of_a_checkpoint_and_replaced_is_fenced_and_harms_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SIGSTOP and /proc are Linux's.");
        var folder = Directory.CreateTempSubdirectory("cairn-zombies-");
        try
        {
            var campaign = await ZombieCampaign.RunAsync(
                Effort.Of(quick: 3, full: 100),
                "local files",
                () => [$"Cairn:Checkpoints:Directory={StoragePath.FromLocal(folder.FullName) / $"{Guid.NewGuid():N}"}"],
                TestContext.Current.CancellationToken);
            if (Effort.IsFull)
                await ZombieReport.WriteAsync(campaign, "local files", "Core.Tests", "zombies.md");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
