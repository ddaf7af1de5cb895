using Cairn.Checkpoints;
using Cairn.Checkpoints.Coordination;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.Checkpoints.Coordination;

/// <summary>Discards run in the background, in order, bounded, and again when they fail.</summary>
public class RetentionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_commit_does_not_wait_for_discards_until_they_are_far_behind()
    {
        var gate = new TaskCompletionSource();
        await using var job = new TestJob(inner => new SlowDeletes(inner, () => gate.Task));
        await using var owner = await job.OpenAsync();
        for (var i = 1; i <= 1 + CheckpointCleaner.MaxBacklog; i++)
            await owner.CheckpointAsync($"{i}");
        Assert.False(owner.WaitForDiscardsAsync(Token).IsCompleted);

        var behind = owner.CheckpointAsync("one too many");
        await Task.Delay(50, Token);
        Assert.False(behind.IsCompleted);
        Assert.Equal("one too many", await (await job.OpenAsync()).RestoreTextAsync("counter")); // durable all the same

        gate.SetResult();
        await behind;
        await owner.WaitForDiscardsAsync(Token);
        Assert.Equal(["chk-4"], await job.CheckpointsAsync());
    }

    [Fact]
    public async Task A_cancellation_ends_the_wait_and_the_checkpoint_is_reported_complete()
    {
        var gate = new TaskCompletionSource();
        await using var job = new TestJob(inner => new SlowDeletes(inner, () => gate.Task));
        await using var owner = await job.OpenAsync();
        for (var i = 1; i <= 1 + CheckpointCleaner.MaxBacklog; i++)
            await owner.CheckpointAsync($"{i}");
        using var cancellation = new CancellationTokenSource();
        await using var pending = owner.Begin();
        await pending.WriteTextAsync("counter", "durable");
        var completing = pending.CompleteAsync(cancellation.Token);
        Assert.False(completing.IsCompleted);

        await cancellation.CancelAsync();

        Assert.Equal(pending.Id, (await completing).Id);
        gate.SetResult();
    }

    [Fact]
    public async Task Closing_waits_for_discards_in_bounded_time()
    {
        var gate = new TaskCompletionSource();
        var time = new FakeTimeProvider();
        await using var job = new TestJob(inner => new SlowDeletes(inner, () => gate.Task));
        var owner = await CheckpointCoordinator.OpenAsync(job.FileBackend(), timeProvider: time, cancellationToken: Token);
        await owner.CheckpointAsync("one");
        await owner.CheckpointAsync("two");

        var closing = owner.DisposeAsync().AsTask();
        Assert.False(closing.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(30));
        await closing;
        gate.SetResult();
    }

    [Fact]
    public async Task State_files_that_cannot_be_deleted_are_tried_again_after_the_next_checkpoint()
    {
        var failing = true;
        await using var job = new TestJob(inner => new Undeletable(inner, path => failing && path.Name != "_metadata"));
        await using var owner = await job.OpenAsync();
        await owner.CheckpointAsync("one");
        await owner.CheckpointAsync("two");
        Assert.Equal(["chk-2"], await job.CheckpointsAsync());
        Assert.Equal(2, (await job.FilesAsync()).Count(f => !f.EndsWith("_metadata", StringComparison.Ordinal) && f.StartsWith("chk-", StringComparison.Ordinal)));

        failing = false;
        await owner.CheckpointAsync("three");

        Assert.Equal(3, (await job.FilesAsync()).Count);
    }

    [Fact]
    public async Task Shared_files_of_an_aborted_checkpoint_go_with_the_next_one()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync(options: new() { Retained = 3 });
        await owner.TableCheckpointAsync("a");
        await using (var aborted = owner.Begin())
            await aborted.WriteTableAsync("table", "a", "b");
        await owner.TableCheckpointAsync("a");
        Assert.Single(await job.FilesAsync(), f => f.StartsWith("shared/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_owner_that_was_replaced_deletes_nothing_any_more()
    {
        await using var job = new TestJob();
        await using var first = await job.OpenAsync();
        await first.CheckpointAsync("one");
        var open = first.Begin();
        await open.WriteTextAsync("counter", "under way");
        await using var second = await job.OpenAsync();
        await Assert.ThrowsAsync<FencedException>(() => first.CheckpointAsync("zombie"));
        job.Requests.Clear();

        await open.DisposeAsync();
        await first.DisposeAsync();

        Assert.Equal(0, job.Requests.Count(FileSystemOperation.Delete));
    }

    [Fact]
    public async Task A_job_that_finishes_discards_also_a_checkpoint_whose_commit_nobody_heard_of()
    {
        await using var job = new TestJob(inner => new LostAnswer(inner, "chk-2/_metadata"));
        await using (var owner = await job.OpenAsync())
        {
            await owner.CheckpointAsync("one");
            await Assert.ThrowsAsync<FileSystemException>(() => owner.CheckpointAsync("two"));
            Assert.Contains("chk-2", await job.CheckpointsAsync());
            await owner.FinishAsync(Token);
        }
        Assert.Equal(["epochs/0", "epochs/1"], await job.FilesAsync());
    }

    [Fact]
    public async Task What_is_unused_is_found_without_looking_at_every_file()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        var registry = new SharedStateRegistry(new CheckpointDirectories(job.Directory));
        var files = Enumerable.Range(0, 200_000).Select(i => job.Directory / "shared" / $"{i}").ToList();
        registry.Register(1, files);
        registry.Register(2, files.Skip(3));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Equal(3, registry.TakeUnused(2).Count);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 * 1024);
    }

    private sealed class SlowDeletes(IFileSystem inner, Func<Task> wait) : FileSystemLayer(inner)
    {
        public override async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default)
        {
            await wait();
            return await base.DeleteAsync(paths, cancellationToken);
        }
    }

    private sealed class Undeletable(IFileSystem inner, Func<StoragePath, bool> isTheOne) : FileSystemLayer(inner)
    {
        public override async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default) =>
            paths.Any(isTheOne)
                ? [.. paths.Select(p => new DeleteResult(p, new FileSystemException(FileSystemErrorCode.PermissionDenied, "no", p)))]
                : await base.DeleteAsync(paths, cancellationToken);
    }

    private sealed class LostAnswer(IFileSystem inner, string suffix) : FileSystemLayer(inner)
    {
        public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default)
        {
            var writer = await base.OpenWriteAsync(path, options, cancellationToken);
            return path.Path.EndsWith(suffix, StringComparison.Ordinal) ? new Writer(writer) : writer;
        }

        private sealed class Writer(FileWriter inner) : FileWriterLayer(inner)
        {
            protected override async Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken)
            {
                await base.CommitCoreAsync(cancellationToken);
                throw FileSystemException.OutcomeUnknown(Path);
            }
        }
    }
}
