using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.Tests.Checkpoints.Metadata;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.Checkpoints.Coordination;

/// <summary>Tasks on other machines write to the checkpoint's location and answer in bytes; what comes too late is cleaned up by its exact paths.</summary>
public class AcknowledgementTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task State_that_a_task_elsewhere_wrote_is_restored(bool memoryBackend)
    {
        await using var job = new TestJob();
        FileSystemCheckpointStorageBase storage = memoryBackend ? job.MemoryBackend() : job.FileBackend();
        await using (var owner = await job.OpenAsync(storage))
        {
            await using var checkpoint = owner.Begin();
            var trigger = (await checkpoint.GetTriggerAsync(Token)).ToBytes();

            var answer = await WriteElsewhereAsync(storage, trigger, "counter", "far away");

            Assert.True(await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(answer), Token));
            await checkpoint.CompleteAsync(Token);
        }
        await using var next = await job.OpenAsync(storage);
        Assert.Equal("far away", await next.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task Files_of_a_task_elsewhere_stay_relative_to_their_checkpoint()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        var answer = await WriteElsewhereAsync(job.FileBackend(), (await checkpoint.GetTriggerAsync(Token)).ToBytes(), "counter", "far away");
        await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(answer), Token);

        var completed = await checkpoint.CompleteAsync(Token);

        Assert.IsType<RelativeFileStateHandle>(completed.Metadata.Operators[0].Subtasks[0].ManagedOperatorState!.Delegate);
        Assert.Equal(1, completed.StateFileCount);
    }

    [Fact]
    public async Task The_same_acknowledgement_may_come_twice()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        var answer = await WriteElsewhereAsync(job.FileBackend(), (await checkpoint.GetTriggerAsync(Token)).ToBytes(), "counter", "far away");

        Assert.True(await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(answer), Token));
        Assert.True(await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(answer), Token));
        await checkpoint.CompleteAsync(Token);
        Assert.False(await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(answer), Token));

        await using var next = await job.OpenAsync();
        Assert.Equal("far away", await next.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task Of_two_different_acknowledgements_of_one_task_the_first_counts_and_the_other_is_cleaned_up()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        var trigger = (await checkpoint.GetTriggerAsync(Token)).ToBytes();
        var first = await WriteElsewhereAsync(job.FileBackend(), trigger, "counter", "first");
        var second = await WriteElsewhereAsync(job.FileBackend(), trigger, "counter", "second");
        Assert.True(await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(first), Token));

        Assert.False(await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(second), Token));

        await checkpoint.CompleteAsync(Token);
        Assert.Equal(2, (await job.FilesAsync()).Count(f => f.StartsWith("chk-1/", StringComparison.Ordinal)));
        await using var next = await job.OpenAsync();
        Assert.Equal("first", await next.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task A_savepoint_survives_acknowledgements_that_come_again_or_differ()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var savepoint = owner.BeginSavepoint();
        var trigger = (await savepoint.GetTriggerAsync(Token)).ToBytes();
        var answer = CheckpointAcknowledgement.FromBytes(await WriteElsewhereAsync(job.FileBackend(), trigger, "counter", "saved"));
        var state = answer.State.ManagedOperatorState!;
        var other = answer with { State = answer.State with { RawOperatorState = state } };
        Assert.True(await owner.AcknowledgeAsync(answer, Token));
        Assert.False(await owner.AcknowledgeAsync(other, Token));
        var completed = await savepoint.CompleteAsync(Token);
        Assert.False(await owner.AcknowledgeAsync(answer, Token));
        Assert.False(await owner.AcknowledgeAsync(other, Token));

        await using var next = await job.OpenAsync(options: new() { RestoreFrom = completed.ExternalPointer });
        Assert.Equal("saved", await next.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task A_savepoint_of_a_job_in_memory_keeps_the_first_of_two_different_acknowledgements()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync(new MemoryBackendCheckpointStorage(job.FileSystems, TestJob.Id));
        await using var savepoint = owner.BeginSavepoint($"{job.Root}/savepoints");
        await savepoint.GetLocationAsync(Token);
        var (first, second) = (StateIn(new ByteStreamStateHandle("x", "first"u8.ToArray())), StateIn(new ByteStreamStateHandle("x", "second"u8.ToArray())));

        Assert.True(await owner.AcknowledgeAsync(new CheckpointAcknowledgement(TestJob.Id, savepoint.Id, "counter", first), Token));
        Assert.False(await owner.AcknowledgeAsync(new CheckpointAcknowledgement(TestJob.Id, savepoint.Id, "counter", second), Token));

        var completed = await savepoint.CompleteAsync(Token);
        Assert.Equal([first], completed.Metadata.Operators[0].Subtasks);
    }

    [Fact]
    public async Task An_acknowledgement_that_comes_while_its_checkpoint_is_committed_is_too_late_and_cleaned_up()
    {
        Func<Task>? onCommit = null;
        await using var job = new TestJob(inner => new Interrupted(inner, (operation, path) =>
            operation == FileSystemOperation.Write && path.Name == "_metadata" && onCommit is not null ? onCommit() : Task.CompletedTask));
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        await checkpoint.WriteTextAsync("counter", "in time");
        var late = await WriteElsewhereAsync(job.FileBackend(), (await checkpoint.GetTriggerAsync(Token)).ToBytes(), "other", "too late");
        bool? isTaken = null;
        onCommit = async () => isTaken = await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(late), Token);

        var completed = await checkpoint.CompleteAsync(Token);

        Assert.False(isTaken);
        Assert.Equal(["counter"], completed.Metadata.Operators.Select(o => o.Uid));
        Assert.Equal(2, (await job.FilesAsync()).Count(f => f.StartsWith("chk-1/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("aborted")]
    [InlineData("expired")]
    [InlineData("superseded")]
    public async Task A_late_acknowledgement_is_cleaned_up_by_its_exact_paths(string how)
    {
        await using var job = new TestJob();
        var time = new FakeTimeProvider();
        await using var owner = await CheckpointCoordinator.OpenAsync(job.FileBackend(), timeProvider: time, cancellationToken: Token);
        var late = owner.Begin();
        var answer = await WriteElsewhereAsync(job.FileBackend(), (await late.GetTriggerAsync(Token)).ToBytes(), "counter", "too late");
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-1" / "somebody else's", new byte[1], cancellationToken: Token);
        if (how == "aborted")
            await late.DisposeAsync();
        else if (how == "expired")
            time.Advance(TimeSpan.FromMinutes(10));
        else
            await owner.CheckpointAsync("newer");

        Assert.False(await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(answer), Token));

        Assert.Equal(["chk-1/somebody else's"], (await job.FilesAsync()).Where(f => f.StartsWith("chk-1/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Shared_files_of_a_late_acknowledgement_go_with_the_next_checkpoint_unless_another_one_uses_them()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using (var first = owner.Begin())
        {
            await first.WriteTableAsync("table", "a");
            await first.CompleteAsync(Token);
        }
        var late = owner.Begin();
        var elsewhere = TaskCheckpoint.Open(job.FileBackend(), await late.GetTriggerAsync(Token));
        var known = (IncrementalRemoteKeyedStateHandle)late.Base!.Metadata.Operators[0].Subtasks[0].ManagedKeyedState!;
        var answer = await elsewhere.WriteIncrementalAsync("table", known, (snapshot, _) => snapshot.AddTextsAsync("a", "b"), Token);
        Assert.Equal(2, (await job.FilesAsync()).Count(f => f.StartsWith("shared/", StringComparison.Ordinal)));
        await late.DisposeAsync();

        Assert.False(await owner.AcknowledgeAsync(answer, Token));
        await using (var next = owner.Begin())
        {
            await next.WriteTableAsync("table", "a", "c");
            await next.CompleteAsync(Token);
        }

        Assert.Equal(2, (await job.FilesAsync()).Count(f => f.StartsWith("shared/", StringComparison.Ordinal)));
        await using var restored = await job.OpenAsync();
        Assert.Equal(["a", "c"], await restored.RestoreTableAsync("table"));
    }

    [Fact]
    public async Task A_late_acknowledgement_deletes_nothing_outside_of_the_jobs_own_directories()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        var foreign = job.Root / "another job" / "precious";
        await job.FileSystem.WriteAllBytesAsync(foreign, new byte[1], cancellationToken: Token);
        var late = owner.Begin();
        await late.GetLocationAsync(Token);
        await late.DisposeAsync();
        var evil = new CheckpointAcknowledgement(TestJob.Id, late.Id, "counter", StateIn(new FileStateHandle(foreign.ToString(), 1)));

        Assert.False(await owner.AcknowledgeAsync(evil, Token));
        await owner.CheckpointAsync("one");
        await owner.CheckpointAsync("two");

        Assert.NotNull(await job.FileSystem.FindAsync(foreign, cancellationToken: Token));
    }

    [Fact]
    public async Task An_acknowledgement_for_a_checkpoint_of_another_owner_deletes_nothing()
    {
        await using var job = new TestJob();
        await using var first = await job.OpenAsync();
        var pending = first.Begin();
        var answer = await WriteElsewhereAsync(job.FileBackend(), (await pending.GetTriggerAsync(Token)).ToBytes(), "counter", "whose?");
        await using var second = await job.OpenAsync();

        Assert.False(await second.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(answer), Token));

        Assert.Single(await job.FilesAsync(), f => f.StartsWith("chk-1/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Acknowledgements_of_another_job_and_of_another_subtask_are_refused()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        var inline = StateIn(new ByteStreamStateHandle("x", new byte[1]));

        await Assert.ThrowsAsync<ArgumentException>(() => owner.AcknowledgeAsync(new CheckpointAcknowledgement(JobId.FromName("another"), 1, "counter", inline), Token));
        await Assert.ThrowsAsync<ArgumentException>(() => owner.AcknowledgeAsync(new CheckpointAcknowledgement(TestJob.Id, 1, new OperatorSubtask("counter", 1, 2), inline), Token));
        Assert.Throws<ArgumentException>(() => TaskCheckpoint.Open(new MemoryBackendCheckpointStorage(job.FileSystems, JobId.FromName("another")), new CheckpointTrigger(TestJob.Id, 1, CheckpointStorageLocationReference.Default)));
    }

    [Fact]
    public void Triggers_and_acknowledgements_survive_their_bytes()
    {
        var trigger = new CheckpointTrigger(TestJob.Id, 77, CheckpointStorageLocationReference.Encode(StoragePath.Parse("s3://b/dir"))) { BaseCheckpointId = 76 };
        Assert.Equal(trigger, CheckpointTrigger.FromBytes(trigger.ToBytes()));
        Assert.Null(CheckpointTrigger.FromBytes((trigger with { BaseCheckpointId = null }).ToBytes()).BaseCheckpointId);

        var task = new OperatorSubtask("zähler", 3, 8) { MaxParallelism = 1024 };
        var table = new IncrementalRemoteKeyedStateHandle(task.KeyGroups)
        {
            CheckpointId = 77,
            BackendIdentifier = "b",
            MetaDataStateHandle = new RelativeFileStateHandle("own", 3) { Directory = "s3://b/job/chk-77" },
            SharedState = [new("1.sst", new FileStateHandle("s3://b/job/shared/1", 9)), new("2.sst", new RelativeFileStateHandle("old", 4) { Directory = "s3://b/job/chk-76" })],
            CheckpointedSize = 3,
            StateHandleId = "id",
        };
        var sent = new CheckpointAcknowledgement(TestJob.Id, 77, task, new OperatorSubtaskState { Index = 3, ManagedKeyedState = table });
        var received = CheckpointAcknowledgement.FromBytes(sent.ToBytes());
        Assert.Equal(task, received.Task);
        Assert.Equal(1024, received.Task.MaxParallelism);
        var files = ((IncrementalRemoteKeyedStateHandle)received.State.ManagedKeyedState!).SharedState.Select(f => CheckpointFiles.PathOf(f.Handle));
        Assert.Equal(["s3://b/job/shared/1", "s3://b/job/chk-76/old"], files);
        Assert.Equal("s3://b/job/chk-77/own", CheckpointFiles.PathOf(((IncrementalRemoteKeyedStateHandle)received.State.ManagedKeyedState!).MetaDataStateHandle));
    }

    [Fact]
    public void Damaged_bytes_of_either_message_are_a_format_error_and_nothing_else()
    {
        var trigger = new CheckpointTrigger(TestJob.Id, 1, CheckpointStorageLocationReference.Default).ToBytes();
        var answer = new CheckpointAcknowledgement(TestJob.Id, 1, "counter", StateIn(new FileStateHandle("s3://b/x", 1))).ToBytes();
        for (var length = 0; length < answer.Length; length++)
        {
            Assert.Throws<FormatException>(() => CheckpointAcknowledgement.FromBytes(answer.AsMemory(0, length)));
            if (length < trigger.Length)
                Assert.Throws<FormatException>(() => CheckpointTrigger.FromBytes(trigger.AsSpan(0, length)));
        }
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var damaged = answer.ToArray();
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            try
            {
                CheckpointAcknowledgement.FromBytes(damaged);
            }
            catch (FormatException)
            {
                // The only one.
            }
        }
    }

    [Fact]
    public void A_trigger_of_a_negative_checkpoint_is_a_format_error()
    {
        var bytes = new CheckpointTrigger(TestJob.Id, 1, CheckpointStorageLocationReference.Default).ToBytes();
        bytes[1 + HexId.Size] = 0xFF;
        Assert.Contains("names checkpoint -", Assert.Throws<FormatException>(() => CheckpointTrigger.FromBytes(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_acknowledgement_of_no_task_is_a_format_error()
    {
        var head = new CheckpointAcknowledgement(TestJob.Id, 1, "counter", StateIn(new ByteStreamStateHandle("x", new byte[1]))).ToBytes()[..(1 + HexId.Size)];
        var named = new OperatorState { Id = OperatorId.FromName("counter"), Uid = "counter", Parallelism = 2, MaxParallelism = 128, Subtasks = [new() { Index = 0 }] };
        Assert.Equal(named.Subtasks[0], Read(named).State);
        AssertIsOfNoTask();
        AssertIsOfNoTask(named, named with { Id = OperatorId.FromName("other"), Uid = "other" });
        AssertIsOfNoTask(named with { Subtasks = [] });
        AssertIsOfNoTask(named with { Subtasks = [new() { Index = 0 }, new() { Index = 1 }] });
        AssertIsOfNoTask(named with { Uid = null });

        CheckpointAcknowledgement Read(params OperatorState[] operators) =>
            CheckpointAcknowledgement.FromBytes((byte[])[.. head, 0, 0, 0, 0, .. MetadataFiles.Write(new CheckpointMetadata { CheckpointId = 1, Operators = [.. operators] })]);

        void AssertIsOfNoTask(params OperatorState[] operators) =>
            Assert.Contains("is of one task", Assert.Throws<FormatException>(() => Read(operators)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_acknowledgement_of_a_checkpoint_that_is_long_forgotten_is_refused()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        byte[]? first = null;
        for (var i = 0; i < 1_002; i++)
        {
            await using var aborted = owner.Begin();
            first ??= await WriteElsewhereAsync(job.FileBackend(), (await aborted.GetTriggerAsync(Token)).ToBytes(), "counter", "late");
        }
        Assert.False(await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(first!), Token));
        await owner.CheckpointAsync("goes on");
    }

    [Fact]
    public async Task A_task_that_has_finished_says_so()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        var elsewhere = TaskCheckpoint.Open(job.FileBackend(), await checkpoint.GetTriggerAsync(Token));
        Assert.True(await owner.AcknowledgeAsync(elsewhere.AcknowledgeFinished("counter"), Token));
        var completed = await checkpoint.CompleteAsync(Token);
        Assert.True(completed.Metadata.Operators.Single().IsFullyFinished);
    }

    [Fact]
    public async Task Incremental_state_builds_on_no_other_checkpoint_than_the_triggers()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.TableCheckpointAsync("a");
        await using var checkpoint = owner.Begin();
        var elsewhere = TaskCheckpoint.Open(job.FileBackend(), await checkpoint.GetTriggerAsync(Token));
        var old = new IncrementalRemoteKeyedStateHandle(new OperatorSubtask("table").KeyGroups) { CheckpointId = 77, BackendIdentifier = "b", MetaDataStateHandle = new FileStateHandle("memory://a/b", 1) };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => elsewhere.WriteIncrementalAsync("table", old, (_, _) => Task.CompletedTask, Token));
        Assert.Contains("The base is of checkpoint 77; checkpoint 2 may build on 1.", error.Message, StringComparison.Ordinal);

        var full = TaskCheckpoint.Open(job.FileBackend(), elsewhere.Trigger with { BaseCheckpointId = null });
        error = await Assert.ThrowsAsync<ArgumentException>(() => full.WriteIncrementalAsync("table", old, (_, _) => Task.CompletedTask, Token));
        Assert.Contains("The base is of checkpoint 77; checkpoint 2 may build on none.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_of_a_base_of_other_key_groups_are_not_used_again_elsewhere_either()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.TableCheckpointAsync("a");
        await using var checkpoint = owner.Begin();
        var elsewhere = TaskCheckpoint.Open(job.FileBackend(), await checkpoint.GetTriggerAsync(Token));
        var whole = (IncrementalRemoteKeyedStateHandle)checkpoint.Base!.Metadata.Operators[0].Subtasks[0].ManagedKeyedState!;

        var half = await elsewhere.WriteIncrementalAsync(
            new OperatorSubtask("table", 0, 2),
            whole,
            (snapshot, _) =>
            {
                Assert.False(snapshot.IsInBase("a"));
                return snapshot.AddTextsAsync("a");
            },
            Token);

        var table = (IncrementalRemoteKeyedStateHandle)half.State.ManagedKeyedState!;
        Assert.NotEqual(whole.SharedState[0].Handle, table.SharedState[0].Handle);
        Assert.NotEqual(whole.BackendIdentifier, table.BackendIdentifier);
    }

    [Fact]
    public void Tasks_are_equal_by_name_index_and_parallelism()
    {
        var task = new OperatorSubtask("counter", 1, 2);
        Assert.Equal(3, new HashSet<OperatorSubtask> { task, task with { MaxParallelism = 1024 }, task with { Index = 0 }, OperatorSubtask.FromString("counter") }.Count);
    }

    private static OperatorSubtaskState StateIn(StreamStateHandle handle) =>
        new() { Index = 0, ManagedOperatorState = new OperatorStreamStateHandle([new("state", OperatorStateMode.SplitDistribute, [0])], handle) };

    private static async Task<byte[]> WriteElsewhereAsync(FileSystemCheckpointStorageBase storage, byte[] trigger, OperatorSubtask task, string text)
    {
        var checkpoint = TaskCheckpoint.Open(storage, CheckpointTrigger.FromBytes(trigger));
        return (await checkpoint.WriteAsync(task, TableState.Text(text), Token)).ToBytes();
    }
}
