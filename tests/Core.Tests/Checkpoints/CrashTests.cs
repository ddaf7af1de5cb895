using Cairn.Conformance.Checkpoints;
using Cairn.FileSystems.Local;
using Cairn.Tests.FileSystems.Local;
using Cairn.Tests.FileSystems.Memory;

namespace Cairn.Tests.Checkpoints;

/// <summary>Whatever request of a job goes wrong, the latest completed checkpoint restores.</summary>
public class CrashTests
{
    /// <summary>Requests of the job from its opening to its fifth checkpoint; each goes wrong once.</summary>
    private const int FewestRequests = 70;

    private static readonly int LocalStep = Effort.OneOf(quick: 7);

    public static MatrixTheoryData<RequestFault, bool> Faults { get; } = new(Enum.GetValues<RequestFault>(), [false, true]);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task After_a_fault_at_any_request_the_latest_checkpoint_restores_and_the_job_goes_on(RequestFault fault, bool goesOn)
    {
        var runs = await CrashConformance.RunAsync(fault, () => new MemoryHarness(), new CrashOptions { GoesOn = goesOn }, TestContext.Current.CancellationToken);
        Assert.True(runs >= FewestRequests, $"The job has only {runs} requests.");
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task On_local_files_the_same_holds(RequestFault fault, bool goesOn)
    {
        var options = new CrashOptions { GoesOn = goesOn, Step = LocalStep, First = 1 + ((int)fault % LocalStep) };
        var runs = await CrashConformance.RunAsync(fault, () => new LocalHarness(new LocalFileSystemOptions { Durable = false }), options, TestContext.Current.CancellationToken);
        Assert.True(runs >= FewestRequests / LocalStep, $"The job has only {runs * LocalStep} requests.");
    }
}
