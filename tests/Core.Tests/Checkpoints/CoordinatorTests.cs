using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.Tests.Checkpoints.Coordination;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.Checkpoints;

public class CoordinatorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_without_checkpoints_starts_afresh()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();

        Assert.Null(owner.Restored);
        Assert.Null(await owner.RestoreTextAsync("counter"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_completed_is_restored_by_the_next_owner(bool memoryBackend)
    {
        await using var job = new TestJob();
        FileSystemCheckpointStorageBase storage = memoryBackend ? job.MemoryBackend() : job.FileBackend(inlineThreshold: 4);
        await using (var first = await job.OpenAsync(storage))
        {
            await using var checkpoint = first.Begin();
            await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 0, 2), "long enough for a file");
            await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 1, 2), "tiny");
            await checkpoint.WriteTextAsync("sink", "");
            await checkpoint.CompleteAsync(Token);
        }

        await using var second = await job.OpenAsync(storage);

        Assert.Equal(1, second.Restored!.Id);
        Assert.Equal("long enough for a file", await second.RestoreTextAsync(new OperatorSubtask("counter", 0, 2)));
        Assert.Equal("tiny", await second.RestoreTextAsync(new OperatorSubtask("counter", 1, 2)));
        Assert.Equal("", await second.RestoreTextAsync("sink"));
        Assert.Null(await second.RestoreTextAsync("another"));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Checkpoints_are_written_in_every_version_that_a_flink_in_use_reads(int version)
    {
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync(job.FileBackend(inlineThreshold: 4), new() { MetadataVersion = version }))
        {
            await using var checkpoint = owner.Begin();
            await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 0, 2), "in a file of its own");
            await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 1, 2), "in");
            await checkpoint.CompleteAsync(Token);
        }
        await using var next = await job.OpenAsync();
        Assert.Equal(version, next.Restored!.Metadata.Version);
        Assert.Equal("in a file of its own", await next.RestoreTextAsync(new OperatorSubtask("counter", 0, 2)));
        Assert.Equal("in", await next.RestoreTextAsync(new OperatorSubtask("counter", 1, 2)));
    }

    [Fact]
    public async Task Ids_of_the_first_owner_count_from_1_and_of_the_next_from_1000001()
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync())
        {
            Assert.Equal(1, (await first.CheckpointAsync("a")).Id);
            Assert.Equal(2, (await first.CheckpointAsync("b")).Id);
        }
        await using var second = await job.OpenAsync();
        Assert.Equal(1_000_001, (await second.CheckpointAsync("c")).Id);
    }

    [Fact]
    public async Task Next_ids_are_above_every_checkpoint_directory_that_was_seen_even_from_another_tool()
    {
        await using var job = new TestJob();
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-2999999" / "stray", new byte[1], cancellationToken: Token);

        await using var owner = await job.OpenAsync();

        Assert.Equal(3_000_001, (await owner.CheckpointAsync("a")).Id);
        Assert.Contains("epochs/2", await job.FilesAsync());
        Assert.Contains("epochs/3", await job.FilesAsync());
    }

    [Fact]
    public async Task An_owner_whose_epoch_is_used_up_claims_the_next_one()
    {
        await using var job = new TestJob();
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-999998" / "stray", new byte[1], cancellationToken: Token);
        await using var owner = await job.OpenAsync();

        Assert.Equal(999_999, (await owner.CheckpointAsync("last of its epoch")).Id);
        Assert.Equal(1_000_001, (await owner.CheckpointAsync("first of the next")).Id);
        Assert.Contains("epochs/1", await job.FilesAsync());
    }

    [Fact]
    public async Task More_checkpoints_at_once_than_an_epoch_has_ids_are_refused_until_one_ends()
    {
        await using var job = new TestJob();
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-999998" / "stray", new byte[1], cancellationToken: Token);
        await using var owner = await job.OpenAsync();
        await using var last = owner.Begin();

        var error = Assert.Throws<CheckpointException>(() => owner.Begin());

        Assert.Contains("Epoch 0 has no checkpoint id left", error.Message, StringComparison.Ordinal);
        await last.WriteTextAsync("counter", "last");
        Assert.Equal(999_999, (await last.CompleteAsync(Token)).Id);
        Assert.Equal(1_000_001, (await owner.CheckpointAsync("goes on")).Id);
    }

    [Fact]
    public async Task Files_that_are_named_like_directories_of_the_job_are_none_of_its_checkpoints_and_claims()
    {
        await using var job = new TestJob();
        foreach (var name in new[] { "chk-7", "claims" })
            await job.FileSystem.WriteAllBytesAsync(job.Directory / name, new byte[1], cancellationToken: Token);

        await using var owner = await job.OpenAsync();

        Assert.Null(owner.Restored);
        Assert.Equal(1, (await owner.CheckpointAsync("first")).Id);
        Assert.Equal(2, (await owner.CheckpointAsync("second")).Id);
        await owner.WaitForDiscardsAsync(Token);
        Assert.Equal(["chk-2"], await job.CheckpointsAsync());
    }

    [Fact]
    public async Task A_checkpoint_that_was_never_finished_is_not_restored()
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync())
            await first.CheckpointAsync("finished");
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-77" / "state", new byte[10], cancellationToken: Token);

        await using var second = await job.OpenAsync();

        Assert.Equal("finished", await second.RestoreTextAsync("counter"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(20)]
    public async Task A_latest_checkpoint_that_cannot_be_read_stops_the_start_and_names_the_older_one(int length)
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync(options: new() { Retained = 2 }))
        {
            await first.CheckpointAsync("older");
            await first.CheckpointAsync("latest");
        }
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-2" / "_metadata", new byte[length], WriteMode.Overwrite, Token);

        var error = await Assert.ThrowsAsync<CheckpointException>(() => job.OpenAsync());
        Assert.Contains("chk-2", error.Message, StringComparison.Ordinal);
        Assert.Contains("checkpoint 1", error.Message, StringComparison.Ordinal);
        Assert.IsType<CheckpointMetadataException>(error.InnerException);

        await using var allowed = await job.OpenAsync(options: new() { AllowOlderWhenCorrupt = true });
        Assert.Equal("older", await allowed.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task An_only_checkpoint_that_cannot_be_read_stops_the_start_and_has_no_older_one_to_name()
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync())
            await first.CheckpointAsync("only");
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-1" / "_metadata", new byte[3], WriteMode.Overwrite, Token);

        foreach (var start in new Func<Task>[]
        {
            () => job.OpenAsync(), () => job.OpenAsync(options: new() { AllowOlderWhenCorrupt = true }), () => RestoredCheckpoint.LoadLatestAsync(job.FileBackend(), Token),
        })
        {
            var error = await Assert.ThrowsAsync<CheckpointException>(start);
            Assert.Contains("chk-1", error.Message, StringComparison.Ordinal);
            Assert.EndsWith("There is no older one.", error.Message, StringComparison.Ordinal);
            Assert.IsType<CheckpointMetadataException>(error.InnerException);
        }
    }

    [Fact]
    public async Task A_task_that_has_keyed_state_only_restores_no_stream()
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync())
            await first.TableCheckpointAsync("a");

        await using var second = await job.OpenAsync();

        Assert.NotNull(second.Restored!.FindState("table")!.ManagedKeyedState);
        Assert.Null(await second.RestoreTextAsync("table"));
    }

    [Fact]
    public async Task The_last_n_checkpoints_are_kept_across_owners()
    {
        await using var job = new TestJob();
        var options = new CheckpointCoordinatorOptions { Retained = 2 };
        for (var owner = 0; owner < 3; owner++)
        {
            await using var coordinator = await job.OpenAsync(options: options);
            await coordinator.CheckpointAsync("a");
            await coordinator.CheckpointAsync("b");
            await coordinator.CheckpointAsync("c");
        }

        Assert.Equal(["chk-2000002", "chk-2000003"], await job.CheckpointsAsync());
        Assert.Equal(2 + 2 + 3, (await job.FilesAsync()).Count);
    }

    [Fact]
    public async Task An_owner_discards_nothing_before_its_own_first_commit()
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync(options: new() { Retained = 3 }))
        {
            await first.CheckpointAsync("a");
            await first.CheckpointAsync("b");
            await first.CheckpointAsync("c");
        }

        await using var second = await job.OpenAsync(options: new() { Retained = 1 });
        await using (var aborted = second.Begin())
            await aborted.WriteTextAsync("counter", "never completed");
        Assert.Equal(["chk-1", "chk-2", "chk-3"], await job.CheckpointsAsync());

        await second.CheckpointAsync("d");
        Assert.Equal(["chk-1000002"], await job.CheckpointsAsync());
    }

    [Fact]
    public async Task Files_that_another_kept_checkpoint_uses_are_not_discarded()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using (var first = owner.Begin())
        {
            await first.WriteTextAsync("counter", "reused");
            await first.CompleteAsync(Token);
        }
        var reused = StateOf(owner.Completed[0], "counter");
        await using (var second = owner.Begin())
        {
            second.Acknowledge("counter", reused);
            await second.CompleteAsync(Token);
        }

        Assert.Equal(["chk-2"], await job.CheckpointsAsync());
        await using var next = await job.OpenAsync();
        Assert.Equal("reused", await next.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task An_aborted_checkpoint_takes_back_exactly_what_it_wrote()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using (var aborted = owner.Begin())
        {
            await aborted.WriteTextAsync(new OperatorSubtask("counter", 0, 2), "written by the location's stream");
            var remote = job.FileBackend().ResolveCheckpointStorageLocation(aborted.Id, (await aborted.GetLocationAsync(Token)).LocationReference);
            await using var stream = await remote.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token);
            await stream.Stream.WriteAsync("written by a task elsewhere"u8.ToArray(), Token);
            aborted.Acknowledge(new OperatorSubtask("counter", 1, 2), (await stream.FinishAsync(Token))!);
            await job.FileSystem.WriteAllBytesAsync(job.Directory / $"chk-{aborted.Id}" / "the winner's", new byte[1], cancellationToken: Token);
            Assert.Equal(4, (await job.FilesAsync()).Count);
        }
        Assert.Equal(["chk-1/the winner's", "epochs/0"], await job.FilesAsync());
    }

    [Fact]
    public async Task An_aborted_checkpoint_leaves_the_files_of_earlier_ones_that_it_would_have_used()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.CheckpointAsync("still needed");
        await using (var aborted = owner.Begin())
        {
            aborted.Acknowledge("counter", StateOf(owner.Completed[0], "counter"));
            await aborted.GetLocationAsync(Token);
        }
        await using var next = await job.OpenAsync();
        Assert.Equal("still needed", await next.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task State_that_a_task_owns_outlives_the_checkpoints_that_name_it()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var owned = await job.FileBackend().CreateTaskOwnedStateStreamAsync(Token);
        await owned.Stream.WriteAsync(new byte[10], Token);
        await using (var first = owner.Begin())
        {
            first.Acknowledge("counter", (await owned.FinishAsync(Token))!);
            await first.CompleteAsync(Token);
        }
        await owner.CheckpointAsync("two");
        await owner.FinishAsync(Token);
        Assert.Single(await job.FilesAsync(), f => !f.StartsWith("epochs/", StringComparison.Ordinal) && f.StartsWith("taskowned/", StringComparison.Ordinal));
        Assert.Empty(await job.CheckpointsAsync());
    }

    [Fact]
    public async Task A_discard_that_fails_is_tried_again_after_the_next_checkpoint()
    {
        var failing = true;
        await using var job = new TestJob(inner => new UndeletableMetadata(inner, () => failing));
        await using var owner = await job.OpenAsync();
        await owner.CheckpointAsync("one");
        await owner.CheckpointAsync("two");
        Assert.Equal(["chk-1", "chk-2"], await job.CheckpointsAsync());
        await Assert.ThrowsAsync<CheckpointException>(() => owner.FinishAsync(Token));

        failing = false;
        await owner.CheckpointAsync("three");

        Assert.Equal(["chk-3"], await job.CheckpointsAsync());
        Assert.Equal(3, (await job.FilesAsync()).Count);
    }

    [Fact]
    public async Task State_files_stay_while_the_metadata_that_names_them_cannot_be_deleted()
    {
        await using var job = new TestJob(inner => new UndeletableMetadata(inner, () => true));
        await using var owner = await job.OpenAsync(options: new() { Retained = 1 });
        await owner.CheckpointAsync("one");
        await owner.CheckpointAsync("two");

        var first = await RestoredCheckpoint.LoadAsync(job.FileBackend(), $"{job.Directory}/chk-1", Token);
        Assert.Equal(3, await first.ReadAsync("counter", async (stream, token) => await stream.ReadAtLeastAsync(new byte[3], 3, cancellationToken: token), Token));
    }

    [Fact]
    public async Task State_that_arrives_after_the_abort_is_discarded_and_its_task_is_told()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        var pending = owner.Begin();
        var location = await pending.GetLocationAsync(Token);
        await using var late = await location.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token);
        await late.Stream.WriteAsync(new byte[100], Token);

        await pending.DisposeAsync();

        await Assert.ThrowsAsync<IOException>(() => late.FinishAsync(Token));
        Assert.Equal(["epochs/0"], await job.FilesAsync());
    }

    [Fact]
    public async Task State_beyond_the_memory_backends_limit_is_refused_and_nothing_is_lost()
    {
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync(job.MemoryBackend(maxStateSize: 16)))
        {
            await owner.CheckpointAsync("0123456789abcdef");
            var error = await Assert.ThrowsAsync<StateTooLargeException>(() => owner.CheckpointAsync("0123456789abcdefg"));
            Assert.Equal((17, 16), (error.Size, error.MaxSize));
            Assert.StartsWith("Size of the state is larger than the maximum permitted memory-backed state. Size=17, maxSize=16.", error.Message, StringComparison.Ordinal);
            Assert.Contains("FileSystem", error.Message, StringComparison.Ordinal);
        }
        await using var next = await job.OpenAsync(job.MemoryBackend());
        Assert.Equal("0123456789abcdef", await next.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task A_second_checkpoint_may_be_begun_before_the_first_is_completed_and_supersedes_it()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var first = owner.Begin();
        await using var second = owner.Begin();
        await first.WriteTextAsync("counter", "one");
        await second.WriteTextAsync("counter", "two");

        await second.CompleteAsync(Token);

        var error = await Assert.ThrowsAsync<CheckpointException>(() => first.CompleteAsync(Token));
        Assert.Contains("superseded", error.Message, StringComparison.Ordinal);
        await first.DisposeAsync();
        Assert.Equal(["chk-2"], await job.CheckpointsAsync());
        Assert.DoesNotContain(await job.FilesAsync(), f => f.StartsWith("chk-1/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_of_a_checkpoint_under_way_survive_the_discard_of_older_ones()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.CheckpointAsync("base");
        var shared = StateOf(owner.Completed[0], "counter");
        var newer = await Begun("two");
        await using var third = owner.Begin();
        third.Acknowledge("counter", shared);

        await newer.CompleteAsync(Token);
        await third.CompleteAsync(Token);

        await using var next = await job.OpenAsync();
        Assert.Equal("base", await next.RestoreTextAsync("counter"));

        async Task<PendingCheckpoint> Begun(string text)
        {
            var pending = owner.Begin();
            await pending.WriteTextAsync("counter", text);
            return pending;
        }
    }

    [Fact]
    public async Task A_checkpoint_with_missing_tasks_is_not_completed()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 0, 3), "one of three");

        var error = await Assert.ThrowsAsync<CheckpointException>(() => checkpoint.CompleteAsync(Token));
        Assert.Contains("3 tasks and 1", error.Message, StringComparison.Ordinal);

        await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 1, 3), "b");
        await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 2, 3), "c");
        Assert.Equal(1, (await checkpoint.CompleteAsync(Token)).Id);
    }

    [Fact]
    public async Task A_task_acknowledges_once()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        await checkpoint.WriteTextAsync("counter", "once");
        await Assert.ThrowsAsync<CheckpointException>(() => checkpoint.WriteTextAsync("counter", "twice"));
        await checkpoint.CompleteAsync(Token);
        await Assert.ThrowsAsync<CheckpointException>(() => checkpoint.CompleteAsync(Token));
        await Assert.ThrowsAsync<CheckpointException>(() => checkpoint.WriteTextAsync("late", "too late"));
    }

    [Fact]
    public async Task State_of_another_parallelism_is_not_restored_by_accident()
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync())
        {
            await using var checkpoint = first.Begin();
            await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 0, 2), "a");
            await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 1, 2), "b");
            await checkpoint.CompleteAsync(Token);
        }
        await using var second = await job.OpenAsync();
        var error = await Assert.ThrowsAsync<CheckpointException>(() => second.RestoreTextAsync("counter"));
        Assert.Contains("2 tasks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_savepoint_is_complete_in_its_own_directory_and_outlives_the_job()
    {
        await using var job = new TestJob();
        CompletedCheckpoint savepoint;
        await using (var owner = await job.OpenAsync())
        {
            await owner.CheckpointAsync("one");
            await using (var pending = owner.BeginSavepoint())
            {
                await pending.WriteTextAsync("counter", "saved");
                savepoint = await pending.CompleteAsync(Token);
            }
            await owner.CheckpointAsync("three");
            await owner.FinishAsync(Token);
        }
        Assert.Equal(["epochs/0", "epochs/1"], await job.FilesAsync());
        Assert.Matches("/savepoints/savepoint-[0-9a-f]{6}-[0-9a-f]{12}$", savepoint.ExternalPointer);

        await using var restored = await job.OpenAsync(options: new() { RestoreFrom = savepoint.ExternalPointer });
        Assert.Equal("saved", await restored.RestoreTextAsync("counter"));
        Assert.True(restored.Restored!.Metadata.Properties!.SnapshotType is SavepointType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/_metadata")]
    public async Task A_job_starts_from_a_pointer(string suffix)
    {
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync(options: new() { Retained = 2 }))
        {
            await owner.CheckpointAsync("one");
            await owner.CheckpointAsync("two");
        }
        await using var restored = await job.OpenAsync(options: new() { RestoreFrom = $"{job.Directory}/chk-1{suffix}" });
        Assert.Equal("one", await restored.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task A_job_in_memory_only_runs_without_a_store_and_forgets()
    {
        await using var job = new TestJob();
        var storage = new MemoryBackendCheckpointStorage(job.FileSystems, TestJob.Id);
        await using (var owner = await job.OpenAsync(storage))
        {
            var completed = await owner.CheckpointAsync("one");
            Assert.Equal("<checkpoint-not-externally-addressable>", completed.ExternalPointer);
            await owner.CheckpointAsync("two");
            Assert.Single(owner.Completed);
        }
        await using var next = await job.OpenAsync(storage);
        Assert.Null(next.Restored);
        Assert.Equal(0, job.Requests.Total);
        Assert.Null(await RestoredCheckpoint.LoadLatestAsync(storage, Token));
    }

    [Fact]
    public async Task A_finished_job_discards_its_checkpoints_and_the_next_start_is_afresh()
    {
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync(options: new() { Retained = 3 }))
        {
            await owner.CheckpointAsync("one");
            await owner.CheckpointAsync("two");
            await owner.FinishAsync(Token);
        }
        Assert.Equal(["epochs/0", "epochs/1"], await job.FilesAsync());
        await using var next = await job.OpenAsync();
        Assert.Null(next.Restored);
    }

    [Fact]
    public async Task A_checkpoint_is_due_when_the_interval_has_passed_since_the_last_one()
    {
        await using var job = new TestJob();
        var time = new FakeTimeProvider();
        await using var owner = await CheckpointCoordinator.OpenAsync(job.FileBackend(), new() { Interval = TimeSpan.FromSeconds(10) }, time, cancellationToken: Token);

        Assert.False(owner.IsDue);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(owner.IsDue);
        await owner.CheckpointAsync("one");
        Assert.False(owner.IsDue);
    }

    /// <summary>Refuses to delete any <c>_metadata</c> while it is told to.</summary>
    private sealed class UndeletableMetadata(IFileSystem inner, Func<bool> isFailing) : FileSystemLayer(inner)
    {
        public override async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default)
        {
            if (!isFailing() || paths.All(p => p.Name != "_metadata"))
                return await base.DeleteAsync(paths, cancellationToken);
            return [.. paths.Select(p => new DeleteResult(p, new FileSystemException(FileSystemErrorCode.PermissionDenied, "no", p)))];
        }
    }

    private static StreamStateHandle StateOf(CompletedCheckpoint checkpoint, string name) =>
        checkpoint.Metadata.Operators.Single(o => o.Name == name).Subtasks[0].ManagedOperatorState!.Delegate;
}
