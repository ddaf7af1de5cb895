using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.FileSystems.Layers;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.Checkpoints.Coordination;

/// <summary>How checkpoints end that are not completed, and what finished tasks leave.</summary>
public class TimeoutTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_checkpoint_that_takes_too_long_is_aborted_and_leaves_nothing()
    {
        await using var job = new TestJob();
        var time = new FakeTimeProvider();
        await using var owner = await OpenAsync(job, time, TimeSpan.FromSeconds(30));
        await using var slow = owner.Begin();
        await slow.WriteTextAsync("counter", "half");
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(2, (await job.FilesAsync()).Count);

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["epochs/0"], await job.FilesAsync());
        var error = await Assert.ThrowsAsync<CheckpointException>(() => slow.CompleteAsync(Token));
        Assert.Equal(CheckpointFailureReason.Expired, error.Reason);
        Assert.Contains("Cairn:Checkpoints:Timeout", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, (await owner.CheckpointAsync("next")).Id);
    }

    [Fact]
    public async Task A_write_that_ends_after_the_time_is_told_why()
    {
        await using var job = new TestJob();
        var time = new FakeTimeProvider();
        await using var owner = await OpenAsync(job, time, TimeSpan.FromSeconds(30));
        await using var slow = owner.Begin();

        var error = await Assert.ThrowsAsync<CheckpointException>(() => slow.WriteAsync(
            "counter",
            async (stream, token) =>
            {
                await stream.WriteAsync(new byte[100], token);
                time.Advance(TimeSpan.FromMinutes(1));
            },
            Token));

        Assert.Equal(CheckpointFailureReason.Expired, error.Reason);
        Assert.Equal(["epochs/0"], await job.FilesAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_aborted_while_its_location_is_made_is_told_why_and_leaves_nothing(bool isSavepoint)
    {
        Func<ValueTask>? meanwhile = null;
        await using var job = new TestJob(inner => new Interrupted(inner, async (operation, _) =>
        {
            if (operation == FileSystemOperation.CreateDirectory && meanwhile is not null)
                await meanwhile();
        }));
        await using var owner = await job.OpenAsync();
        await using var pending = isSavepoint ? owner.BeginSavepoint() : owner.Begin();
        meanwhile = pending.DisposeAsync;

        var error = await Assert.ThrowsAsync<CheckpointException>(() => pending.WriteTextAsync("counter", "too late"));

        Assert.Equal(CheckpointFailureReason.Aborted, error.Reason);
        meanwhile = null;
        Assert.Equal(["epochs/0"], await job.FilesAsync());
        Assert.Equal(2, (await owner.CheckpointAsync("next")).Id);
    }

    [Fact]
    public async Task An_error_that_no_store_should_throw_fails_its_checkpoint_and_no_other()
    {
        await using var job = new TestJob(inner => new Interrupted(inner, (_, path) =>
            $"{path}".EndsWith("/chk-1/_metadata", StringComparison.Ordinal) ? throw new InvalidOperationException("a defect") : Task.CompletedTask));
        await using var owner = await job.OpenAsync();
        await using (var pending = owner.Begin())
        {
            await pending.WriteTextAsync("counter", "lost");
            Assert.Equal("a defect", (await Assert.ThrowsAsync<InvalidOperationException>(() => pending.CompleteAsync(Token))).Message);
            Assert.Equal(CheckpointFailureReason.Unspecified, (await Assert.ThrowsAsync<CheckpointException>(() => pending.CompleteAsync(Token))).Reason);
        }
        Assert.Equal(["epochs/0"], await job.FilesAsync());
        await owner.CheckpointAsync("next");
        Assert.Equal(["chk-2"], await job.CheckpointsAsync());
    }

    [Fact]
    public async Task A_completed_checkpoint_does_not_expire()
    {
        await using var job = new TestJob();
        var time = new FakeTimeProvider();
        await using var owner = await OpenAsync(job, time, TimeSpan.FromSeconds(30));
        await owner.CheckpointAsync("one");
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["chk-1"], await job.CheckpointsAsync());
    }

    [Fact]
    public async Task Without_a_limit_a_checkpoint_may_take_for_ever()
    {
        await using var job = new TestJob();
        var time = new FakeTimeProvider();
        await using var owner = await OpenAsync(job, time, Timeout.InfiniteTimeSpan);
        await using var slow = owner.Begin();
        time.Advance(TimeSpan.FromDays(1000));
        await slow.WriteTextAsync("counter", "at last");
        await slow.CompleteAsync(Token);
        await using (var aborted = owner.Begin())
            await aborted.WriteTextAsync("counter", "never");
        Assert.Equal(["chk-1"], await job.CheckpointsAsync());
        Assert.DoesNotContain(await job.FilesAsync(), f => f.StartsWith("chk-2/", StringComparison.Ordinal));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => OpenAsync(job, time, TimeSpan.Zero));
    }

    [Fact]
    public async Task A_superseded_checkpoint_is_cleaned_up_at_once_and_a_savepoint_is_not_superseded()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        var older = owner.Begin();
        await older.WriteTextAsync("counter", "older");
        await using var savepoint = owner.BeginSavepoint();
        await savepoint.WriteTextAsync("counter", "saved");

        await owner.CheckpointAsync("newer");

        Assert.DoesNotContain(await job.FilesAsync(), f => f.StartsWith("chk-1/", StringComparison.Ordinal));
        Assert.Equal(CheckpointFailureReason.Subsumed, (await Assert.ThrowsAsync<CheckpointException>(() => older.CompleteAsync(Token))).Reason);
        var saved = await savepoint.CompleteAsync(Token);
        Assert.True(saved.IsSavepoint);
        await using var next = await job.OpenAsync();
        Assert.Equal("newer", await next.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task Of_two_that_are_completed_at_once_the_older_is_superseded_or_comes_first()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync(options: new() { Retained = 2 });
        for (var round = 0; round < 50; round++)
        {
            await using var older = owner.Begin();
            await using var newer = owner.Begin();
            await older.WriteTextAsync("counter", "older");
            await newer.WriteTextAsync("counter", "newer");
            var (first, second) = (older, newer);
            var outcomes = await Task.WhenAll(Task.Run(() => Outcome(first), Token), Task.Run(() => Outcome(second), Token));
            Assert.Null(outcomes[1]);
            Assert.True(outcomes[0] is null or CheckpointFailureReason.Subsumed);
            Assert.Equal(newer.Id, owner.Completed[^1].Id);
            Assert.Equal(owner.Completed.OrderBy(c => c.Id), owner.Completed);
        }

        static async Task<CheckpointFailureReason?> Outcome(PendingCheckpoint checkpoint)
        {
            try
            {
                await checkpoint.CompleteAsync(Token);
                return null;
            }
            catch (CheckpointException e)
            {
                return e.Reason;
            }
        }
    }

    [Fact]
    public async Task Finished_tasks_are_marked_and_have_no_state()
    {
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync())
        {
            await using var checkpoint = owner.Begin();
            checkpoint.AcknowledgeFinished(new OperatorSubtask("source", 0, 2));
            await checkpoint.WriteTextAsync(new OperatorSubtask("source", 1, 2), "still reading");
            checkpoint.AcknowledgeFinished("done");
            await checkpoint.CompleteAsync(Token);
        }
        await using var next = await job.OpenAsync();
        Assert.True(next.Restored!.FindState(new OperatorSubtask("source", 0, 2))!.IsFinished);
        Assert.Equal("still reading", await next.RestoreTextAsync(new OperatorSubtask("source", 1, 2)));
        Assert.True(next.Restored.FindState("done")!.IsFinished);
        Assert.True(next.Restored.Metadata.Operators.Single(o => o.Name == "done").IsFullyFinished);
    }

    [Fact]
    public async Task Versions_without_a_place_for_finished_tasks_refuse_them_at_once()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync(options: new() { MetadataVersion = 2 });
        await using var checkpoint = owner.Begin();
        Assert.Contains("MetadataVersion", Assert.Throws<CheckpointException>(() => checkpoint.AcknowledgeFinished("done")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_of_every_kind_is_acknowledged_and_restored_as_it_was()
    {
        await using var job = new TestJob();
        var state = new OperatorSubtaskState
        {
            Index = 0,
            ManagedOperatorState = new Cairn.Checkpoints.State.OperatorStreamStateHandle(
                [new("list", Cairn.Checkpoints.State.OperatorStateMode.Union, [0, 5])], new Cairn.Checkpoints.State.ByteStreamStateHandle("x", new byte[9])),
            RawKeyedState = new Cairn.Checkpoints.State.KeyGroupsStateHandle(
                new(new(0, 127), [.. Enumerable.Range(0, 128).Select(i => (long)i)]), new Cairn.Checkpoints.State.ByteStreamStateHandle("y", new byte[128])),
        };
        await using (var owner = await job.OpenAsync())
        {
            await using var checkpoint = owner.Begin();
            checkpoint.Acknowledge("counter", state);
            Assert.Throws<ArgumentException>(() => checkpoint.Acknowledge(new OperatorSubtask("other", 1, 2), state));
            await checkpoint.CompleteAsync(Token);
        }
        await using var next = await job.OpenAsync();
        Assert.Equal(state.ManagedOperatorState, next.Restored!.FindState("counter")!.ManagedOperatorState);
        Assert.Equal(state.RawKeyedState.KeyGroupRange, next.Restored.FindState("counter")!.RawKeyedState!.KeyGroupRange);
    }

    private static Task<CheckpointCoordinator> OpenAsync(TestJob job, TimeProvider time, TimeSpan timeout) =>
        CheckpointCoordinator.OpenAsync(job.FileBackend(), new() { Timeout = timeout }, time, cancellationToken: Token);
}
