using Cairn.Checkpoints;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Tests.Checkpoints;

/// <summary>A replaced owner reports nothing and deletes nothing, and what it still commits is never the latest.</summary>
public class FencingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replaced_owner_is_told_at_its_next_commit_and_deletes_nothing()
    {
        await using var job = new TestJob();
        await using var first = await job.OpenAsync();
        await first.CheckpointAsync("one");
        await using var second = await job.OpenAsync();
        await second.CheckpointAsync("two");
        job.Requests.Clear();

        var error = await Assert.ThrowsAsync<FencedException>(() => first.CheckpointAsync("zombie"));

        Assert.Equal(0, error.Epoch);
        Assert.Equal(0, job.Requests.Count(FileSystemOperation.Delete));
        await using var third = await job.OpenAsync();
        Assert.Equal("two", await third.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task A_checkpoint_that_was_under_way_when_the_job_was_taken_over_is_never_the_latest()
    {
        await using var job = new TestJob();
        await using var first = await job.OpenAsync();
        await using var pending = first.Begin();
        await pending.WriteTextAsync("counter", "zombie");
        await using var second = await job.OpenAsync();
        await second.CheckpointAsync("two");

        await Assert.ThrowsAsync<FencedException>(() => pending.CompleteAsync(Token));

        Assert.Equal("two", await (await job.OpenAsync()).RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task A_fenced_owner_stays_fenced()
    {
        await using var job = new TestJob();
        await using var first = await job.OpenAsync();
        await using var second = await job.OpenAsync();
        await Assert.ThrowsAsync<FencedException>(() => first.CheckpointAsync("zombie"));
        job.Requests.Clear();

        Assert.Throws<FencedException>(() => first.Begin());
        await Assert.ThrowsAsync<FencedException>(() => first.FinishAsync(Token));

        Assert.Equal(0, job.Requests.Total);
    }

    [Fact]
    public async Task A_discard_still_under_way_never_rests_on_a_commit_that_was_not_yet_followed_by_a_look_at_the_next_epoch()
    {
        await using var job = new TestJob();
        await using (var earlier = await job.OpenAsync(options: new() { Retained = 2 }))
        {
            await earlier.CheckpointAsync("one");
            await earlier.CheckpointAsync("two");
        }
        Pause reading = new("/chk-1/_metadata"), looking = new("/epochs/2");
        await using var replaced = new TestJob(inner => new Pausing(inner, reading, looking), job.Root);
        await using var first = await replaced.OpenAsync(options: new() { Retained = 1 });
        reading.Arm();
        await first.CheckpointAsync("stable");
        await reading.Reached;
        await using var second = await job.OpenAsync();

        looking.Arm();
        var commit = first.CheckpointAsync("zombie");
        await looking.Reached;
        reading.Release();
        await first.WaitForDiscardsAsync(Token);
        looking.Release();

        await Assert.ThrowsAsync<FencedException>(() => commit);
        Assert.Contains($"chk-{second.Restored!.Id}", await job.CheckpointsAsync());
    }

    [Fact]
    public async Task What_a_replaced_owner_commits_after_the_job_was_finished_is_never_restored()
    {
        await using var job = new TestJob();
        await using var first = await job.OpenAsync();
        await first.CheckpointAsync("one");
        await using var second = await job.OpenAsync();
        await second.CheckpointAsync("two");
        await second.FinishAsync(Token);

        await Assert.ThrowsAsync<FencedException>(() => first.CheckpointAsync("zombie"));

        Assert.Equal(["chk-2"], await job.CheckpointsAsync());
        await using var third = await job.OpenAsync();
        Assert.Null(third.Restored);
        await third.CheckpointAsync("anew");
        await third.CheckpointAsync("and again");
        await third.WaitForDiscardsAsync(Token);
        Assert.DoesNotContain("chk-2", await job.CheckpointsAsync());
        await using var fourth = await job.OpenAsync();
        Assert.Equal("and again", await fourth.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task An_owner_that_is_replaced_while_it_finishes_the_job_leaves_the_latest_checkpoint()
    {
        await using var job = new TestJob();
        var marking = new Pause("/epochs/1");
        await using var slow = new TestJob(inner => new Pausing(inner, marking), job.Root);
        await using var first = await slow.OpenAsync();
        await first.CheckpointAsync("one");
        marking.Arm();
        var finish = first.FinishAsync(Token);
        await marking.Reached;
        await using var second = await job.OpenAsync();
        marking.Release();

        await Assert.ThrowsAsync<FencedException>(() => finish);
        Assert.Equal("one", await second.RestoreTextAsync("counter"));
        Assert.Equal(["chk-1"], await job.CheckpointsAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_owner_that_is_replaced_between_its_look_and_its_claim_of_the_next_epoch_is_told(bool finishes)
    {
        await using var job = new TestJob();
        await job.FileSystem.WriteAllBytesAsync(job.Directory / "chk-999998" / "stray", new byte[1], cancellationToken: Token);
        CheckpointCoordinator? second = null;
        await using var replaced = new TestJob(
            inner => new Interrupted(inner, async (_, path) =>
            {
                if (path == job.Directory / "epochs" / "1")
                    second ??= await job.OpenAsync();
            }),
            job.Root);
        await using var first = await replaced.OpenAsync();
        if (finishes)
            await Assert.ThrowsAsync<FencedException>(() => first.FinishAsync(Token));
        else
            await Assert.ThrowsAsync<FencedException>(() => first.CheckpointAsync("the last id of its epoch")); // once it is committed, the next epoch is claimed

        Assert.Throws<FencedException>(() => first.Begin());
        Assert.NotNull(second);
        Assert.Equal(finishes ? null : "the last id of its epoch", await second.RestoreTextAsync("counter"));
        Assert.Equal(1_000_001, (await second.CheckpointAsync("goes on")).Id);
        await second.DisposeAsync();
    }

    [Fact]
    public async Task A_finish_whose_mark_was_answered_by_nobody_is_still_a_finish()
    {
        await using var job = new TestJob(inner => new UnknownOnce(inner, path => path.Path.EndsWith("/epochs/1", StringComparison.Ordinal), afterCommit: true));
        await using (var owner = await job.OpenAsync())
        {
            await owner.CheckpointAsync("one");
            await owner.FinishAsync(Token);
        }
        Assert.Empty(await job.CheckpointsAsync());
        await using var next = await job.OpenAsync();
        Assert.Null(next.Restored);
    }

    [Fact]
    public async Task Of_owners_that_open_at_once_each_has_an_epoch_of_its_own_without_gaps()
    {
        await using var job = new TestJob();

        var owners = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => job.OpenAsync(), Token)));

        Assert.Equal(Enumerable.Range(0, 16).Select(e => $"epochs/{e}").Order(StringComparer.Ordinal), await job.FilesAsync());
        var reported = 0;
        foreach (var owner in owners)
        {
            try
            {
                await owner.CheckpointAsync("mine");
                reported++;
            }
            catch (FencedException)
            {
                // All but one.
            }
        }
        Assert.Equal(1, reported);
    }

    [Fact]
    public async Task An_epoch_whose_claim_was_lost_on_the_way_leaves_no_gap()
    {
        var lost = false;
        await using var job = new TestJob(inner => new UnknownOnce(inner, path => !lost && (lost = path.Path.EndsWith("/epochs/1", StringComparison.Ordinal))));
        await using var first = await job.OpenAsync();
        await using var second = await job.OpenAsync();

        Assert.True(lost);
        Assert.Equal(["epochs/0", "epochs/1"], await job.FilesAsync());
        await Assert.ThrowsAsync<FencedException>(() => first.CheckpointAsync("zombie"));
        await second.CheckpointAsync("fine");
    }

    [Fact]
    public async Task After_an_unknown_outcome_nothing_is_deleted_and_the_next_start_restores_what_was_committed()
    {
        await using var job = new TestJob(inner => new UnknownOnce(inner, path => path.Path.EndsWith("/chk-2/_metadata", StringComparison.Ordinal), afterCommit: true));
        await using (var owner = await job.OpenAsync())
        {
            await owner.CheckpointAsync("one");
            job.Requests.Clear();
            var error = await Assert.ThrowsAsync<FileSystemException>(() => owner.CheckpointAsync("two"));
            Assert.Equal(FileSystemErrorCode.OutcomeUnknown, error.Code);
            Assert.Equal(0, job.Requests.Count(FileSystemOperation.Delete));
            Assert.Equal(3, (await owner.CheckpointAsync("three")).Id);
        }
        await using var next = await job.OpenAsync();
        Assert.Equal("three", await next.RestoreTextAsync("counter"));
    }

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_restored_by_the_next_start()
    {
        await using var job = new TestJob(inner => new UnknownOnce(inner, path => path.Path.EndsWith("/_metadata", StringComparison.Ordinal), afterCommit: true));
        await using (var owner = await job.OpenAsync())
            await Assert.ThrowsAsync<FileSystemException>(() => owner.CheckpointAsync("committed, but nobody knows"));

        await using var next = await job.OpenAsync();
        Assert.Equal("committed, but nobody knows", await next.RestoreTextAsync("counter"));
    }

    /// <summary>Stops, once it is armed, the next look-up or read of one file until it is released.</summary>
    private sealed class Pause(string suffix)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _isArmed;

        public Task Reached => _reached.Task;

        public void Arm() => _isArmed = true;

        public void Release() => _released.SetResult();

        public Task PassAsync(StoragePath path)
        {
            if (!_isArmed || !path.Path.EndsWith(suffix, StringComparison.Ordinal))
                return Task.CompletedTask;
            _reached.TrySetResult();
            return _released.Task;
        }
    }

    private sealed class Pausing(IFileSystem inner, params Pause[] pauses) : FileSystemLayer(inner)
    {
        public override async Task<FileEntry?> FindAsync(StoragePath path, FindOptions? options = null, CancellationToken cancellationToken = default)
        {
            await PassAsync(path);
            return await base.FindAsync(path, options, cancellationToken);
        }

        public override async Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default)
        {
            await PassAsync(path);
            return await base.OpenReadAsync(path, options, cancellationToken);
        }

        private Task PassAsync(StoragePath path) => Task.WhenAll(pauses.Select(pause => pause.PassAsync(path)));
    }

    /// <summary>Answers one commit with "unknown", before or after it took effect.</summary>
    private sealed class UnknownOnce(IFileSystem inner, Func<StoragePath, bool> isTheOne, bool afterCommit = false) : FileSystemLayer(inner)
    {
        public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default)
        {
            var writer = await base.OpenWriteAsync(path, options, cancellationToken);
            return isTheOne(path) ? new Writer(writer, afterCommit) : writer;
        }

        private sealed class Writer(FileWriter inner, bool afterCommit) : FileWriterLayer(inner)
        {
            protected override async Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken)
            {
                if (afterCommit)
                    await base.CommitCoreAsync(cancellationToken);
                throw FileSystemException.OutcomeUnknown(Path);
            }
        }
    }
}
