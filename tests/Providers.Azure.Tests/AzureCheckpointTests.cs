using System.Diagnostics;
using Cairn.Conformance.Checkpoints;
using Cairn.Faults;
using Cairn.JobWorker;

namespace Cairn.Providers.Azure.Tests;

/// <summary>The checkpoint protocol on an Azure server: whatever goes wrong, the latest completed checkpoint restores.</summary>
public sealed class AzureCheckpointTests
{
    public static MatrixTheoryData<RequestFault, bool> Faults { get; } = new(Enum.GetValues<RequestFault>(), [false, true]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task After_a_fault_at_a_request_the_latest_checkpoint_restores_and_the_job_goes_on(RequestFault fault, bool goesOn)
    {
        await using var store = await AzureStore.OpenForLongAsync();
        var options = new CrashOptions { GoesOn = goesOn, Step = Effort.OneOf(quick: 41), First = Effort.IsFull ? 1 : 1 + (4 * (int)fault) + (goesOn ? 2 : 0) };
        var watch = Stopwatch.StartNew();
        var runs = await CrashConformance.RunAsync(fault, () => new StoreHarness(() => store.Open(), store.NewDirectory()), options, Token);
        Assert.True(runs > 0);
        await store.ReportCaseAsync(
            "azure-crashes", "A fault at every request of a job on Azure",
            "A job of five checkpoints (three tasks, incremental state, two kept) is run again and again, and each time another of its requests goes wrong. "
            + "Each time the latest completed checkpoint restored with every file there, every `_metadata` was complete, and the job went on from it.",
            $"{fault}, {(goesOn ? "the job goes on" : "the job ends")}", $"{runs} runs, {watch.Elapsed.TotalSeconds:N0} s");
    }

    [Fact]
    public async Task When_the_answer_of_the_commit_and_everything_after_it_is_swallowed_the_next_start_restores_what_was_in_fact_committed()
    {
        var store = await AzureStore.OpenAsync();
        await using var proxy = FaultProxy.Start(store.Endpoint.BlobEndpoint);
        await UnknownOutcomeConformance.RunAsync(
            () => store.Open(), () => store.Open(endpoint: proxy.Address), () => proxy.CutOffAt(1, takesEffect: true), store.NewDirectory(), Token);
    }

    [Fact]
    public async Task A_process_that_was_stopped_in_the_middle_of_a_checkpoint_and_replaced_is_fenced_and_harms_nothing()
    {
        await using var store = await AzureStore.OpenForLongAsync();
        var campaign = await ZombieCampaign.RunAsync(Effort.Of(quick: 1, full: 100), "Azure", () =>
        [
            $"Cairn:Checkpoints:Directory={store.NewDirectory()}",
            $"Cairn:FileSystems:abfs:Endpoint={store.Endpoint.BlobEndpoint}",
            $"Cairn:FileSystems:abfs:AccountKey={store.Endpoint.AccountKey}",
        ], Token);
        if (Effort.IsFull)
            await ZombieReport.WriteAsync(campaign, "Azure Blob Storage (Azurite)", "Providers.Azure.Tests", "zombies-azure.md");
    }
}
