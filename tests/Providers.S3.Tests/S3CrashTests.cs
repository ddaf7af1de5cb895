using Cairn.Conformance.Checkpoints;
using Cairn.Emulators;

namespace Cairn.Providers.S3.Tests;

/// <summary>Whatever request of a job goes wrong, the latest completed checkpoint restores.</summary>
public abstract class S3CrashTests(S3ServerKind server)
{
    public static MatrixTheoryData<RequestFault, bool> Faults { get; } = new(Enum.GetValues<RequestFault>(), [false, true]);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task After_a_fault_at_any_request_the_latest_checkpoint_restores_and_the_job_goes_on(RequestFault fault, bool goesOn)
    {
        var store = await S3Store.OpenAsync(server);
        var step = Effort.Of(quick: 19, full: 1);
        var options = new CrashOptions { GoesOn = goesOn, Step = step, First = 1 + ((int)fault % step) };
        var runs = await CrashConformance.RunAsync(fault, () => new S3Harness(store), options, TestContext.Current.CancellationToken);
        Assert.True(runs >= 70 / step, $"The job has only {runs * step} requests.");
    }

    public sealed class OnWeak() : S3CrashTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3CrashTests(S3ServerKind.Strict);
}
