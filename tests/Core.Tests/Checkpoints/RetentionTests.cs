using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems.Layers;

namespace Cairn.Tests.Checkpoints;

/// <summary>What Flink's tests of completed checkpoints, pending ones and shared state assert, of the coordinator.</summary>
public class RetentionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_than_the_number_to_keep_discards_exactly_the_oldest_and_each_once()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync(job.MemoryBackend(), new CheckpointCoordinatorOptions { Retained = 3 });
        Assert.Empty(owner.Completed);
        for (var id = 1; id <= 5; id++)
        {
            await owner.CheckpointAsync($"{id}");
            await owner.WaitForDiscardsAsync(Token);
            Assert.Equal(Enumerable.Range(Math.Max(1, id - 2), Math.Min(id, 3)).Select(kept => (long)kept), owner.Completed.Select(c => c.Id));
        }
        Assert.Equal([$"{job.Directory}/chk-1/_metadata", $"{job.Directory}/chk-2/_metadata"], Deleted(job));
    }

    [Fact]
    public async Task A_subsumed_checkpoint_goes_metadata_first_then_its_states()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.CheckpointAsync("one");
        var state = CheckpointFile(owner.Completed[0]);
        await owner.CheckpointAsync("two");
        await owner.WaitForDiscardsAsync(Token);
        Assert.Equal([$"{job.Directory}/chk-1/_metadata", state], Deleted(job));
    }

    [Fact]
    public async Task A_job_that_only_ends_keeps_its_checkpoints()
    {
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync())
            await owner.CheckpointAsync("one");
        Assert.Equal(["chk-1"], await job.CheckpointsAsync());
        Assert.Empty(Deleted(job));
    }

    [Fact]
    public async Task A_savepoint_under_way_is_not_superseded_by_a_newer_checkpoint()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var savepoint = owner.BeginSavepoint();
        await savepoint.WriteTextAsync("counter", "saved");
        await owner.CheckpointAsync("newer");
        var completed = await savepoint.CompleteAsync(Token);
        Assert.Equal("saved", await (await job.OpenAsync(options: new() { RestoreFrom = completed.ExternalPointer })).RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task A_task_may_acknowledge_without_state()
    {
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync())
        {
            await using var checkpoint = owner.Begin();
            checkpoint.AcknowledgeFinished("done");
            await checkpoint.WriteAsync("empty", (_, _) => Task.CompletedTask, Token);
            await checkpoint.CompleteAsync(Token);
        }
        await using var next = await job.OpenAsync();
        Assert.True(next.Restored!.FindState("done")!.IsFinished);
        Assert.Equal("", await next.RestoreTextAsync("empty"));
    }

    [Fact]
    public async Task Shared_files_go_with_the_last_checkpoint_that_uses_them_and_private_ones_with_their_own()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        var first = await TableAsync(owner, "a", "b");
        var second = await TableAsync(owner, "b", "c");

        Assert.Equal(first["b"], second["b"]);
        var files = await job.FilesAsync();
        Assert.Equal(Names(job, second.Values), files.Where(f => f.StartsWith("shared/", StringComparison.Ordinal)));
        Assert.DoesNotContain(files, f => f.StartsWith("chk-1/", StringComparison.Ordinal));

        var third = await TableAsync(owner, "d");
        Assert.Equal(Names(job, third.Values), (await job.FilesAsync()).Where(f => f.StartsWith("shared/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_that_is_not_kept_any_more_cannot_be_used_again()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.CheckpointAsync("one");
        var old = owner.Completed[0].Metadata.Operators[0].Subtasks[0].ManagedOperatorState!.Delegate;
        await owner.CheckpointAsync("two");
        await owner.WaitForDiscardsAsync(Token);
        await using var third = owner.Begin();
        var error = Assert.Throws<CheckpointException>(() => third.Acknowledge("counter", old));
        Assert.Contains("not kept", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_that_the_job_does_not_ask_for_is_no_error_and_stays_in_its_checkpoint()
    {
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync())
        {
            await using var checkpoint = owner.Begin();
            await checkpoint.WriteTextAsync("counter", "one");
            await checkpoint.WriteTextAsync("removed", "two");
            await checkpoint.CompleteAsync(Token);
        }
        await using var next = await job.OpenAsync();
        Assert.Equal("one", await next.RestoreTextAsync("counter"));
        Assert.Equal([OperatorId.FromName("counter"), OperatorId.FromName("removed")], next.Restored!.Metadata.Operators.Select(o => o.Id));
    }

    [Fact]
    public void Checkpoints_say_in_flinks_words_when_they_are_kept()
    {
        Assert.Equal((true, true, true, true, true), Flags(CheckpointProperties.NeverRetained));
        Assert.Equal((true, false, true, true, true), Flags(CheckpointProperties.RetainedOnFailure));
        Assert.Equal((false, false, true, true, false), Flags(CheckpointProperties.RetainedOnCancellation));
        Assert.Equal((false, false, false, false, false), Flags(CheckpointProperties.Savepoint(SavepointFormatType.Canonical)));
        Assert.Equal(CheckpointProperties.Savepoint(SavepointFormatType.Native), CheckpointProperties.Savepoint(SavepointFormatType.Native));

        static (bool Cancelled, bool Failed, bool Finished, bool Subsumed, bool Suspended) Flags(CheckpointProperties properties) =>
            (properties.DiscardCancelled, properties.DiscardFailed, properties.DiscardFinished, properties.DiscardSubsumed, properties.DiscardSuspended);
    }

    /// <summary>Takes one checkpoint of a table of these files and answers where each lies.</summary>
    internal static async Task<Dictionary<string, StreamStateHandle>> TableAsync(CheckpointCoordinator owner, params string[] files)
    {
        await using var checkpoint = owner.Begin();
        await checkpoint.WriteIncrementalAsync("table", async (snapshot, token) =>
        {
            foreach (var file in files)
                await snapshot.AddSharedAsync(file, (stream, t) => stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(file), t).AsTask(), token);
            await snapshot.AddPrivateAsync("MANIFEST", (stream, t) => stream.WriteAsync(new byte[10], t).AsTask(), token);
        }, Token);
        var completed = await checkpoint.CompleteAsync(Token);
        await owner.WaitForDiscardsAsync(Token);
        return SharedOf(completed.Metadata);
    }

    /// <summary>The files of the table in a checkpoint.</summary>
    internal static Dictionary<string, StreamStateHandle> SharedOf(CheckpointMetadata metadata) =>
        ((IncrementalRemoteKeyedStateHandle)metadata.Operators.Single(o => o.Uid == "table").Subtasks[0].ManagedKeyedState!).SharedState.ToDictionary(f => f.LocalPath, f => f.Handle);

    private static IEnumerable<string> Names(TestJob job, IEnumerable<StreamStateHandle> handles) =>
        handles.Select(handle => ((FileStateHandle)handle).FilePath[(job.Directory.ToString().Length + 1)..]).Order(StringComparer.Ordinal);

    private static string CheckpointFile(CompletedCheckpoint checkpoint) =>
        ((RelativeFileStateHandle)checkpoint.Metadata.Operators[0].Subtasks[0].ManagedOperatorState!.Delegate).FilePath!;

    private static IEnumerable<string> Deleted(TestJob job) =>
        job.Requests.Reports.Where(report => report.Operation == FileSystemOperation.Delete).Select(report => $"{report.Path}");
}
