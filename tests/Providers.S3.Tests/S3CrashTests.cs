using Cairn.Conformance.Checkpoints;
using Cairn.Emulators;

namespace Cairn.Providers.S3.Tests;

/// <summary>
/// Whatever request of a job goes wrong, the latest completed checkpoint restores. The quick form tries more than twenty requests on each server, other ones on the
/// weak than on the strict; the full form every one on both.
/// </summary>
public abstract class S3CrashTests(S3ServerKind server)
{
    private const int QuickStep = 38;

    public static MatrixTheoryData<RequestFault, bool> Faults { get; } = new(Enum.GetValues<RequestFault>(), [false, true]);

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task After_a_fault_at_any_request_the_latest_checkpoint_restores_and_the_job_goes_on(RequestFault fault, bool goesOn)
    {
        var store = await S3Store.OpenAsync(server);
        var step = Effort.OneOf(QuickStep);
        var offset = (int)fault + (server is S3ServerKind.Strict ? QuickStep / 2 : 0);
        var options = new CrashOptions { GoesOn = goesOn, Step = step, First = 1 + (offset % step) };
        var runs = await CrashConformance.RunAsync(fault, () => new S3Harness(store), options, TestContext.Current.CancellationToken);
        Assert.True(runs >= Math.Max(1, 70 / step), $"The job has only {runs * step} requests.");
        await store.ReportCaseAsync("s3-crashes", "A fault at every request of a job", """
            A job of three tasks with incremental state takes five checkpoints and keeps two. It runs once for each of its requests, and that one goes wrong. After every run, another process found the
            latest checkpoint that was reported or a newer one, read every file of every checkpoint that has a `_metadata`, and went on from it.
            """, $"{fault}, the job {(goesOn ? "goes on" : "ends")}", $"{runs} runs");
    }

    public sealed class OnWeak() : S3CrashTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3CrashTests(S3ServerKind.Strict);
}
