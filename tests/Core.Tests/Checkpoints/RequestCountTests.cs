using Cairn.Checkpoints;
using Cairn.Tests.Checkpoints.Coordination;

namespace Cairn.Tests.Checkpoints;

/// <summary>The design's table: what each step costs on an object store, to the request.</summary>
public class RequestCountTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_durable_checkpoint_of_the_memory_backend_is_one_write()
    {
        await using var job = new TestJob();
        var location = await job.MemoryBackend().InitializeLocationForCheckpointAsync(1, Token);

        await using (var metadata = await location.CreateMetadataOutputStreamAsync(Token))
        {
            await metadata.Stream.WriteAsync(new byte[10_000], Token);
            await metadata.FinishAsync(Token);
        }

        Assert.Equal("1 Write", $"{job.Requests}");
    }

    [Fact]
    public async Task Opening_as_owner_is_two_listings_one_write_and_one_read()
    {
        await using var job = new TestJob();
        await using (var first = await job.OpenAsync())
            await first.CheckpointAsync("one");
        job.Requests.Clear();

        await using var second = await job.OpenAsync();

        Assert.Equal("1 Read, 1 Write, 2 List", $"{job.Requests}");
        Assert.Equal(1, second.Restored!.Id);
    }

    [Fact]
    public async Task A_read_only_restore_is_one_listing_and_one_read()
    {
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync(job.MemoryBackend()))
            await owner.CheckpointAsync("one");
        job.Requests.Clear();

        var restored = await RestoredCheckpoint.LoadLatestAsync(job.MemoryBackend(), Token);

        Assert.Equal(1, restored!.Id);
        Assert.Equal("1 Read, 1 List", $"{job.Requests}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_checkpoint_with_k_state_files_is_k_and_one_writes_and_a_look_at_the_next_epoch(int files)
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        job.Requests.Clear();

        await using var checkpoint = owner.Begin();
        for (var i = 0; i < files; i++)
            await checkpoint.WriteTextAsync(new OperatorSubtask("counter", i, files), "state");
        await checkpoint.CompleteAsync(Token);

        Assert.Equal($"1 Find, {files + 1} Write", $"{job.Requests}");
    }

    [Fact]
    public async Task A_thousand_small_states_are_one_write_with_either_backend()
    {
        await using var job = new TestJob();
        foreach (var storage in new FileSystemCheckpointStorageBase[] { job.MemoryBackend(), job.FileBackend(inlineThreshold: 20 * 1024) })
        {
            await using var owner = await job.OpenAsync(storage, new CheckpointCoordinatorOptions { Retained = 10 });
            job.Requests.Clear();
            await using var checkpoint = owner.Begin();
            for (var i = 0; i < 1000; i++)
                await checkpoint.WriteTextAsync(new OperatorSubtask("counter", i, 1000), new string('x', 1024));

            await checkpoint.CompleteAsync(Token);

            Assert.Equal(2, job.Requests.Total);
            Assert.Equal(1, job.Requests.Count(Cairn.FileSystems.Layers.FileSystemOperation.Write));
        }
    }

    [Fact]
    public async Task Discarding_a_checkpoint_is_one_delete_for_its_metadata_and_one_for_each_batch_of_its_states()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using (var first = owner.Begin())
        {
            for (var i = 0; i < 1500; i++)
                await first.WriteTextAsync(new OperatorSubtask("counter", i, 1500), "state");
            await first.CompleteAsync(Token);
        }
        job.Requests.Clear();

        await owner.CheckpointAsync("two");

        Assert.Equal("1 Find, 2 Write, 3 Delete", $"{job.Requests}");
        Assert.Equal(["chk-2"], await job.CheckpointsAsync());
    }

    [Fact]
    public async Task Each_newer_checkpoint_that_was_never_finished_costs_one_more_read()
    {
        await using var job = new TestJob();
        await using (var owner = await job.OpenAsync())
        {
            await owner.CheckpointAsync("one");
            await using var unfinished = owner.Begin();
            await unfinished.WriteTextAsync("counter", "two");
            job.Requests.Clear();
            var restored = await RestoredCheckpoint.LoadLatestAsync(job.FileBackend(), Token);
            Assert.Equal(1, restored!.Id);
        }
        Assert.Equal(2, job.Requests.Count(Cairn.FileSystems.Layers.FileSystemOperation.Read));
    }

    [Fact]
    public async Task An_incremental_checkpoint_writes_what_is_new_and_its_metadata()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.TableCheckpointAsync("a", "b", "c");
        job.Requests.Clear();

        await owner.TableCheckpointAsync("b", "c", "d");

        Assert.Equal("1 Find, 2 Write, 2 Delete", $"{job.Requests}"); // the first one's metadata, and a
    }

    [Fact]
    public async Task Acknowledgements_from_elsewhere_cost_no_request()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync(job.FileBackend(inlineThreshold: 20 * 1024));
        job.Requests.Clear();
        await using var checkpoint = owner.Begin();
        var elsewhere = TaskCheckpoint.Open(job.FileBackend(inlineThreshold: 20 * 1024), await checkpoint.GetTriggerAsync(Token));
        for (var i = 0; i < 1000; i++)
        {
            var answer = await elsewhere.WriteAsync(new OperatorSubtask("counter", i, 1000), (stream, token) => stream.WriteAsync(new byte[1024], token).AsTask(), Token);
            Assert.True(await owner.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(answer.ToBytes()), Token));
        }

        await checkpoint.CompleteAsync(Token);

        Assert.Equal(2, job.Requests.Total);
        Assert.Equal(1, job.Requests.Count(Cairn.FileSystems.Layers.FileSystemOperation.Write));
    }

    [Fact]
    public async Task A_start_from_a_pointer_costs_one_more_listing_and_its_look_ups()
    {
        await using var job = new TestJob();
        string savepoint;
        await using (var first = await job.OpenAsync())
        {
            await using var pending = first.BeginSavepoint();
            await pending.WriteTextAsync("counter", "saved");
            savepoint = (await pending.CompleteAsync(Token)).ExternalPointer;
        }
        job.Requests.Clear();

        await using (var second = await job.OpenAsync(options: new() { RestoreFrom = savepoint }))
        {
            Assert.Equal("1 Find, 1 Read, 1 Write, 3 List", $"{job.Requests}");
            await second.CheckpointAsync("gone on");
        }
        job.Requests.Clear();

        await using var third = await job.OpenAsync(options: new() { RestoreFrom = savepoint });
        Assert.Equal("1 Find, 2 Read, 1 Write, 3 List", $"{job.Requests}");
    }

    [Fact]
    public async Task Finishing_a_job_is_a_look_a_listing_the_mark_and_the_discards()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await owner.CheckpointAsync("one");
        job.Requests.Clear();

        await owner.FinishAsync(Token);

        Assert.Equal("1 Find, 1 Write, 1 List, 2 Delete", $"{job.Requests}");
    }
}
