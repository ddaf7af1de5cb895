using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Tests.Checkpoints.Coordination;

/// <summary>Incremental state: a file is written once, used again by its name, and goes with the last checkpoint that uses it.</summary>
public class IncrementalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_of_the_base_are_used_again_by_name_and_new_ones_are_written_to_shared()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.TableCheckpointAsync("a", "b");
        job.Requests.Clear();

        var second = await owner.TableCheckpointAsync("a", "b", "c");

        Assert.Equal(2, job.Requests.Count(Cairn.FileSystems.Layers.FileSystemOperation.Write)); // c and _metadata
        Assert.Equal(3, second.StateFileCount);
        await using var next = await job.OpenAsync();
        Assert.Equal(["a", "b", "c"], await next.RestoreTableAsync("table"));
    }

    [Fact]
    public async Task A_task_may_ask_which_files_the_base_has()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.TableCheckpointAsync("a");
        await using var checkpoint = owner.Begin();
        await checkpoint.WriteIncrementalAsync("table", (snapshot, _) =>
        {
            Assert.Equal((true, false), (snapshot.IsInBase("a"), snapshot.IsInBase("b")));
            return snapshot.AddTextsAsync("a");
        }, Token);
    }

    [Fact]
    public async Task The_next_owner_builds_on_the_latest_checkpoint()
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync())
            await first.TableCheckpointAsync("a", "b");
        await using (var second = await job.OpenAsync())
        {
            job.Requests.Clear();
            await second.TableCheckpointAsync("b", "c");
            Assert.Equal(2, job.Requests.Count(Cairn.FileSystems.Layers.FileSystemOperation.Write));
        }
        await using var third = await job.OpenAsync();
        Assert.Equal(["b", "c"], await third.RestoreTableAsync("table"));
    }

    [Fact]
    public async Task A_shared_file_goes_with_the_last_checkpoint_that_uses_it()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync(options: new() { Retained = 2 });
        await owner.TableCheckpointAsync("a");
        await owner.TableCheckpointAsync("a", "b");
        await owner.TableCheckpointAsync("b");
        Assert.Equal(2, await SharedFilesAsync(job)); // the second still has a
        await owner.TableCheckpointAsync("b");
        Assert.Equal(1, await SharedFilesAsync(job));
        await owner.FinishAsync(Token);
        Assert.Equal(["epochs/0", "epochs/1"], await job.FilesAsync());
    }

    [Fact]
    public async Task The_base_of_a_checkpoint_under_way_is_kept_on_top_of_the_retained_ones()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.TableCheckpointAsync("a");
        await using var older = owner.Begin();
        await using var slow = owner.Begin();
        await older.WriteTableAsync("table", "b");
        await older.CompleteAsync(Token);

        Assert.Equal(["chk-1", "chk-2"], await job.CheckpointsAsync());
        await slow.WriteTableAsync("table", "a", "c");
        await slow.CompleteAsync(Token);

        Assert.Equal(["chk-3"], await job.CheckpointsAsync());
        await using var next = await job.OpenAsync();
        Assert.Equal(["a", "c"], await next.RestoreTableAsync("table"));
    }

    [Fact]
    public async Task Files_of_a_checkpoint_that_is_not_complete_are_not_used_by_another()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var first = owner.Begin();
        await first.WriteTextAsync("counter", "not complete");
        var location = await first.GetLocationAsync(Token);
        await using var stream = await location.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Shared, Token);
        await stream.Stream.WriteAsync(new byte[10], Token);
        var handle = (await stream.FinishAsync(Token))!;
        first.Acknowledge("shared", handle);
        await using var second = owner.Begin();

        var error = Assert.Throws<CheckpointException>(() => second.Acknowledge("shared", handle));

        Assert.Equal(CheckpointFailureReason.InvalidAcknowledgement, error.Reason);
        Assert.Contains("checkpoint 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_a_checkpoint_that_is_not_kept_are_not_used_again()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        var gone = await owner.CheckpointAsync("one");
        await owner.CheckpointAsync("two");
        await using var third = owner.Begin();
        var handle = gone.Metadata.Operators[0].Subtasks[0].ManagedOperatorState!.Delegate;

        Assert.Contains("not kept", Assert.Throws<CheckpointException>(() => third.Acknowledge("counter", handle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_being_deleted_is_not_used_again()
    {
        Func<StoragePath, Task>? onDelete = null;
        await using var job = new TestJob(inner => new Interrupted(inner, (operation, path) =>
            operation == FileSystemOperation.Delete && onDelete is not null ? onDelete(path) : Task.CompletedTask));
        await using var owner = await job.OpenAsync();
        var first = await owner.TableCheckpointAsync("a");
        var old = ((IncrementalRemoteKeyedStateHandle)first.Metadata.Operators[0].Subtasks[0].ManagedKeyedState!).SharedState[0].Handle;
        var errors = new List<CheckpointException>();
        onDelete = async path =>
        {
            if ($"{path}" != CheckpointFiles.PathOf(old))
                return;
            await using var third = owner.Begin();
            errors.Add(Assert.Throws<CheckpointException>(() => third.Acknowledge("table", old)));
        };

        await owner.TableCheckpointAsync("b");
        await owner.WaitForDiscardsAsync(Token);

        var error = Assert.Single(errors);
        Assert.Contains("is being discarded", error.Message, StringComparison.Ordinal);
        Assert.Equal(CheckpointFailureReason.InvalidAcknowledgement, error.Reason);
    }

    [Fact]
    public async Task Two_tasks_of_one_checkpoint_may_share_a_new_file()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        var streams = await checkpoint.GetLocationAsync(Token);
        await using var stream = await streams.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Shared, Token);
        await stream.Stream.WriteAsync(new byte[10], Token);
        var shared = (await stream.FinishAsync(Token))!;
        checkpoint.Acknowledge(new OperatorSubtask("both", 0, 2), shared);
        checkpoint.Acknowledge(new OperatorSubtask("both", 1, 2), shared);

        Assert.Equal(1, (await checkpoint.CompleteAsync(Token)).StateFileCount);
    }

    [Fact]
    public async Task A_savepoint_is_complete_in_itself()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        var checkpoint = await owner.TableCheckpointAsync("a");
        await using var savepoint = owner.BeginSavepoint();
        Assert.Null(savepoint.Base);
        var shared = ((IncrementalRemoteKeyedStateHandle)checkpoint.Metadata.Operators[0].Subtasks[0].ManagedKeyedState!).SharedState[0].Handle;
        Assert.Contains("complete in its own directory", Assert.Throws<CheckpointException>(() => savepoint.Acknowledge("x", shared)).Message, StringComparison.Ordinal);

        await savepoint.WriteTableAsync("table", "a", "b");
        var completed = await savepoint.CompleteAsync(Token);
        await owner.FinishAsync(Token);

        await using var next = await job.OpenAsync(options: new() { RestoreFrom = completed.ExternalPointer });
        Assert.Equal(["a", "b"], await next.RestoreTableAsync("table"));
    }

    [Fact]
    public async Task State_of_other_key_groups_is_written_anew_although_the_names_are_the_same()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.TableCheckpointAsync("a");
        await using var rescaled = owner.Begin();
        job.Requests.Clear();
        await rescaled.WriteTableAsync(new OperatorSubtask("table", 0, 2), "a");
        await rescaled.WriteTableAsync(new OperatorSubtask("table", 1, 2), "a");
        await rescaled.CompleteAsync(Token);
        Assert.Equal(3, job.Requests.Count(Cairn.FileSystems.Layers.FileSystemOperation.Write));
    }

    [Fact]
    public async Task A_snapshot_has_private_files_and_a_description_and_each_name_once()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using (var checkpoint = owner.Begin())
        {
            await checkpoint.WriteIncrementalAsync(
                "table",
                async (snapshot, token) =>
                {
                    await snapshot.AddSharedAsync("a", TableState.Text("a"), token);
                    await snapshot.AddPrivateAsync("CURRENT", TableState.Text("changes"), token);
                    await snapshot.WriteMetadataAsync(TableState.Text("schema"), token);
                    await Assert.ThrowsAsync<ArgumentException>(() => snapshot.AddSharedAsync("a", TableState.Text("a"), token));
                    await Assert.ThrowsAsync<InvalidOperationException>(() => snapshot.WriteMetadataAsync(TableState.Text("schema"), token));
                },
                Token);
            await checkpoint.CompleteAsync(Token);
        }
        var handle = (IncrementalRemoteKeyedStateHandle)owner.Completed[0].Metadata.Operators[0].Subtasks[0].ManagedKeyedState!;
        Assert.Equal(1 + 7 + 6, handle.CheckpointedSize);
        Assert.Equal("CURRENT", handle.PrivateState.Single().LocalPath);
        Assert.Equal(new KeyGroupRange(0, 127), handle.KeyGroupRange);
        Assert.Equal(1, await SharedFilesAsync(job));
    }

    private static async Task<int> SharedFilesAsync(TestJob job) => (await job.FilesAsync()).Count(f => f.StartsWith("shared/", StringComparison.Ordinal));
}
