using Cairn.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Tests.Checkpoints.Coordination;

/// <summary>A pointer to start from is used once: a process that is restarted with the same settings goes on and does not fall back.</summary>
public class RestoreFromTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/_metadata")]
    public async Task A_restart_with_the_same_pointer_goes_on_with_the_jobs_latest(string suffix)
    {
        await using var job = new TestJob();
        var pointer = await TwoCheckpointsAsync(job);
        await RunAsync(job, pointer, expected: "one", next: "one and more");

        await RunAsync(job, pointer + suffix, expected: "one and more", next: "still more");
        await RunAsync(job, pointer, expected: "still more", next: null);
    }

    [Fact]
    public async Task A_restart_goes_on_also_when_what_the_pointer_names_was_discarded_meanwhile()
    {
        await using var job = new TestJob();
        var pointer = await TwoCheckpointsAsync(job);
        await using (var owner = await job.OpenAsync(options: new() { RestoreFrom = pointer }))
            await owner.CheckpointAsync("three");
        Assert.Equal(["chk-1000001"], await job.CheckpointsAsync());

        await RunAsync(job, pointer, expected: "three", next: null);
    }

    [Fact]
    public async Task A_start_that_completed_nothing_leaves_the_pointer_for_the_next()
    {
        await using var job = new TestJob();
        var pointer = await TwoCheckpointsAsync(job);
        await RunAsync(job, pointer, expected: "one", next: null);
        await RunAsync(job, pointer, expected: "one", next: null);
    }

    [Fact]
    public async Task Another_pointer_rolls_back()
    {
        await using var job = new TestJob();
        var pointer = await TwoCheckpointsAsync(job);
        await RunAsync(job, pointer, expected: "one", next: "three");
        await RunAsync(job, $"{job.Directory}/chk-2", expected: "two", next: null);
    }

    [Fact]
    public async Task The_same_pointer_rolls_back_again_when_it_is_told_to_or_after_a_run_without_it()
    {
        await using var job = new TestJob();
        var pointer = await TwoCheckpointsAsync(job);
        await RunAsync(job, pointer, expected: "one", next: "three");
        await using (var again = await job.OpenAsync(options: new() { RestoreFrom = pointer, RestoreFromAgain = true, Retained = 9 }))
            Assert.Equal("one", await again.RestoreTextAsync("counter"));

        await RunAsync(job, null, expected: "three", next: "four");
        await RunAsync(job, pointer, expected: "one", next: null);
    }

    [Fact]
    public async Task Checkpoints_of_another_tool_in_the_same_directory_do_not_count_as_going_on()
    {
        await using var job = new TestJob();
        var savepoint = await SavepointAsync(job);
        await job.FileSystem.CopyAsync(StoragePath.Parse(savepoint) / "_metadata", job.Directory / "chk-5" / "_metadata", cancellationToken: Token);

        await RunAsync(job, savepoint, expected: "saved", next: null);
        await using var second = await job.OpenAsync(options: new() { RestoreFrom = savepoint });
        Assert.Equal(savepoint, second.Restored!.ExternalPointer);
    }

    [Fact]
    public async Task A_latest_checkpoint_that_cannot_be_read_does_not_stop_a_start_from_another_one()
    {
        await using var job = new TestJob();
        var pointer = await TwoCheckpointsAsync(job);
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-2" / "_metadata", new byte[3], WriteMode.Overwrite, Token);
        await RunAsync(job, pointer, expected: "one", next: null);
    }

    [Fact]
    public async Task A_job_whose_own_checkpoints_cannot_be_read_starts_from_the_pointer_again_where_that_is_allowed()
    {
        await using var job = new TestJob();
        var savepoint = await SavepointAsync(job);
        await RunAsync(job, savepoint, expected: "saved", next: "one");
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-1" / "_metadata", new byte[3], WriteMode.Overwrite, Token);

        var error = await Assert.ThrowsAsync<CheckpointException>(() => job.OpenAsync(options: new() { RestoreFrom = savepoint }));
        Assert.Contains("chk-1", error.Message, StringComparison.Ordinal);
        await using var allowed = await job.OpenAsync(options: new() { RestoreFrom = savepoint, AllowOlderWhenCorrupt = true });
        Assert.Equal("saved", await allowed.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task After_a_start_from_a_savepoint_in_the_jobs_own_directory_the_first_checkpoint_is_full()
    {
        await using var job = new TestJob();
        string pointer;
        await using (var first = await job.OpenAsync())
        {
            await using var savepoint = first.BeginSavepoint($"{job.Directory}");
            await savepoint.WriteTableAsync("table", "a");
            pointer = (await savepoint.CompleteAsync(Token)).ExternalPointer;
        }

        await using var owner = await job.OpenAsync(options: new() { RestoreFrom = pointer });

        Assert.Equal(["a"], await owner.RestoreTableAsync("table"));
        await using var pending = owner.Begin();
        Assert.Null(pending.Base);
        Assert.Contains("has to be full", Assert.Throws<CheckpointException>(() => pending.Acknowledge("table", owner.Restored!.FindState("table")!)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("7\ns3://bucket/a", 7L)]
    [InlineData("0\n", 0L)]
    [InlineData("", null)]
    [InlineData(".", null)] // the mark of a finished job
    [InlineData("7", null)]
    [InlineData("\ns3://bucket/a", null)]
    [InlineData("-7\ns3://bucket/a", null)]
    [InlineData(" 7\ns3://bucket/a", null)]
    [InlineData("99999999999999999999\ns3://bucket/a", null)]
    public void An_epoch_whose_content_is_no_pointer_says_nothing_of_a_start(string content, long? above) =>
        Assert.Equal(above, Cairn.Checkpoints.Coordination.RestoreRecord.FromBytes(System.Text.Encoding.UTF8.GetBytes(content))?.Above);

    [Fact]
    public async Task After_a_start_from_an_older_checkpoint_the_first_one_is_full()
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync(options: new() { Retained = 9 }))
        {
            await first.TableCheckpointAsync("a");
            await first.TableCheckpointAsync("a", "b");
        }
        await using var owner = await job.OpenAsync(options: new() { RestoreFrom = $"{job.Directory}/chk-1", Retained = 9 });
        await using var pending = owner.Begin();
        Assert.Null(pending.Base);
        var old = owner.Restored!.FindState("table")!;
        Assert.Contains("has to be full", Assert.Throws<CheckpointException>(() => pending.Acknowledge("table", old)).Message, StringComparison.Ordinal);
        await pending.WriteTableAsync("table", "a");
        await pending.CompleteAsync(Token);

        Assert.NotNull(owner.Begin().Base);
        Assert.Equal(3, (await job.FilesAsync()).Count(f => f.StartsWith("shared/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_pointer_to_the_jobs_own_latest_is_the_latest()
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync())
            await first.TableCheckpointAsync("a");
        await using var owner = await job.OpenAsync(options: new() { RestoreFrom = $"{job.Directory}/chk-1" });
        Assert.Equal(1, owner.Begin().Base!.Id);
    }

    private static async Task<string> TwoCheckpointsAsync(TestJob job)
    {
        await using var owner = await job.OpenAsync(options: new() { Retained = 9 });
        await owner.CheckpointAsync("one");
        await owner.CheckpointAsync("two");
        return $"{job.Directory}/chk-1";
    }

    private static async Task<string> SavepointAsync(TestJob job)
    {
        await using var other = await CheckpointCoordinator.OpenAsync(new MemoryBackendCheckpointStorage(job.FileSystems, JobId.FromName("other")), cancellationToken: Token);
        await using var pending = other.BeginSavepoint($"{job.Root / "savepoints"}");
        await pending.WriteTextAsync("counter", "saved");
        return (await pending.CompleteAsync(Token)).ExternalPointer;
    }

    private static async Task RunAsync(TestJob job, string? pointer, string expected, string? next)
    {
        await using var owner = await job.OpenAsync(options: new() { RestoreFrom = pointer, Retained = 9 });
        Assert.Equal(expected, await owner.RestoreTextAsync("counter"));
        if (next is not null)
            await owner.CheckpointAsync(next);
    }
}
