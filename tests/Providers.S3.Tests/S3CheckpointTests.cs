using Cairn.Conformance.Checkpoints;
using Cairn.Emulators;
using Cairn.Faults;
using Cairn.JobWorker;

namespace Cairn.Providers.S3.Tests;

/// <summary>The checkpoint protocol on a real S3 server: whatever goes wrong, the latest completed checkpoint restores.</summary>
public sealed class S3CheckpointTests
{
    private static readonly bool IsFull = Environment.GetEnvironmentVariable("CAIRN_FULL") == "1";

    public static MatrixTheoryData<RequestFault, bool> Faults { get; } = new(Enum.GetValues<RequestFault>(), [false, true]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task After_a_fault_at_a_request_the_latest_checkpoint_restores_and_the_job_goes_on(RequestFault fault, bool goesOn)
    {
        var store = await S3Store.OpenAsync(S3ServerKind.Any);
        var options = new CrashOptions { GoesOn = goesOn, Step = IsFull ? 1 : 41, First = IsFull ? 1 : 1 + (4 * (int)fault) + (goesOn ? 2 : 0) };
        Assert.True(await CrashConformance.RunAsync(fault, () => new StoreHarness(() => store.Open(), store.NewDirectory()), options, Token) > 0);
    }

    [Fact]
    public async Task When_the_answer_of_the_commit_and_everything_after_it_is_swallowed_the_next_start_restores_what_was_in_fact_committed()
    {
        var store = await S3Store.OpenAsync(S3ServerKind.Any);
        await using var proxy = FaultProxy.Start(store.Endpoint.ServiceUrl);
        await UnknownOutcomeConformance.RunAsync(
            () => store.Open(), () => store.Open(serviceUrl: proxy.Address), () => proxy.CutOffAt(1, takesEffect: true), store.NewDirectory(), Token);
    }

    [Fact]
    public async Task A_process_that_was_stopped_in_the_middle_of_a_checkpoint_and_replaced_is_fenced_and_harms_nothing()
    {
        var store = await S3Store.OpenAsync(S3ServerKind.Any);
        var campaign = await ZombieCampaign.RunAsync(IsFull ? 100 : 1, "S3", () =>
        [
            $"Cairn:Checkpoints:Directory={store.NewDirectory()}",
            $"Cairn:FileSystems:s3:ServiceUrl={store.Endpoint.ServiceUrl}",
            $"Cairn:FileSystems:s3:Region={store.Endpoint.Region}",
            $"Cairn:FileSystems:s3:AccessKey={store.Endpoint.AccessKey}",
            $"Cairn:FileSystems:s3:SecretKey={store.Endpoint.SecretKey}",
        ], Token);
        if (IsFull)
            await ZombieReport.WriteAsync(campaign, "S3 (Ceph's radosgw)", "Providers.S3.Tests", "zombies-s3.md");
    }
}
