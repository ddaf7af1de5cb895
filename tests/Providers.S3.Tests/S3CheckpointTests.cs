using Cairn.Conformance.Checkpoints;
using Cairn.Emulators;
using Cairn.Faults;
using Cairn.JobWorker;

namespace Cairn.Providers.S3.Tests;

/// <summary>The checkpoint protocol on a real S3 server, beside the crashes of <see cref="S3CrashTests"/>.</summary>
public abstract class S3CheckpointTests(S3ServerKind server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_the_answer_of_the_commit_and_everything_after_it_is_swallowed_the_next_start_restores_what_was_in_fact_committed()
    {
        var store = await S3Store.OpenAsync(server);
        await using var proxy = FaultProxy.Start(store.Endpoint.ServiceUrl);
        await UnknownOutcomeConformance.RunAsync(
            () => store.Open(), () => store.Open(serviceUrl: proxy.Address), () => proxy.CutOffAt(1, takesEffect: true), store.NewDirectory(), Token);
    }

    [Fact]
    public async Task A_process_that_was_stopped_in_the_middle_of_a_checkpoint_and_replaced_is_fenced_and_harms_nothing()
    {
        var store = await S3Store.OpenAsync(server);
        var campaign = await ZombieCampaign.RunAsync(Effort.Of(quick: 1, full: 100), "S3", () =>
        [
            $"Cairn:Checkpoints:Directory={store.NewDirectory()}",
            $"Cairn:FileSystems:s3:ServiceUrl={store.Endpoint.ServiceUrl}",
            $"Cairn:FileSystems:s3:Region={store.Endpoint.Region}",
            $"Cairn:FileSystems:s3:AccessKey={store.Endpoint.AccessKey}",
            $"Cairn:FileSystems:s3:SecretKey={store.Endpoint.SecretKey}",
        ], Token);
        if (Effort.IsFull)
            await ZombieReport.WriteAsync(campaign, $"S3 ({store.Endpoint.Name()})", "Providers.S3.Tests", store.ReportName("zombies-s3"));
    }

    public sealed class OnWeak() : S3CheckpointTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3CheckpointTests(S3ServerKind.Strict);
}
