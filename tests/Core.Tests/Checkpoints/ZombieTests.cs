using Cairn.FileSystems;
using Cairn.JobWorker;

namespace Cairn.Tests.Checkpoints;

/// <summary>A process that was stopped and replaced, and goes on.</summary>
public class ZombieTests
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CAIRN_FULL") == "1";

    [Fact]
    public async Task A_process_that_was_stopped_in_the_middle_of_a_checkpoint_and_replaced_is_fenced_and_harms_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "SIGSTOP and /proc are Linux's.");
        var seed = int.Parse(Environment.GetEnvironmentVariable("CAIRN_SEED") ?? $"{Random.Shared.Next()}", provider: null);
        TestContext.Current.TestOutputHelper?.WriteLine($"CAIRN_SEED={seed}");
        var random = new Random(seed);
        var report = new ZombieReport(seed);
        for (var i = 0; i < (IsFull ? 100 : 3); i++)
        {
            var folder = Directory.CreateTempSubdirectory("cairn-zombie-");
            try
            {
                var round = new ZombieRound([$"Cairn:Checkpoints:Directory={StoragePath.FromLocal(folder.FullName)}"], random);
                await round.RunAsync(TestContext.Current.CancellationToken);
                report.Add(round);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
        if (IsFull)
            await report.WriteAsync();
    }
}
