using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.FileSystems;

namespace Cairn.Tests.Checkpoints;

/// <summary>Bad input gets a typed error that names the problem, and nothing is sent.</summary>
public class BadInputTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Storages_refuse_what_cannot_be_a_checkpoint_directory()
    {
        await using var job = new TestJob();
        var all = job.FileSystems;
        foreach (var directory in new[] { "/no/scheme", "memory://root", "memory://root/", "memory:/" })
        {
            var path = StoragePath.Parse(directory);
            Assert.Equal(FileSystemErrorCode.InvalidPath, Assert.Throws<FileSystemException>(() => new FileSystemCheckpointStorage(all, TestJob.Id, path)).Code);
            Assert.Equal(FileSystemErrorCode.InvalidPath, Assert.Throws<FileSystemException>(() => new MemoryBackendCheckpointStorage(all, TestJob.Id, path)).Code);
            Assert.Equal(FileSystemErrorCode.InvalidPath, Assert.Throws<FileSystemException>(() => new MemoryBackendCheckpointStorage(all, TestJob.Id, null, path)).Code);
        }
        var unknown = Assert.Throws<FileSystemException>(() => new FileSystemCheckpointStorage(all, TestJob.Id, StoragePath.Parse("s3://bucket/dir")));
        Assert.Contains("Cairn.Providers.S3", unknown.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => new FileSystemCheckpointStorage(all, TestJob.Id, null!));
        Assert.Throws<ArgumentNullException>(() => new FileSystemCheckpointStorage(null!, TestJob.Id, job.Root));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData((1024 * 1024) + 1)]
    public async Task Thresholds_are_from_0_to_1_mebibyte(int threshold)
    {
        await using var job = new TestJob();
        Assert.Throws<ArgumentOutOfRangeException>(() => job.FileBackend(threshold));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FileSystemCheckpointStreamFactory(job.FileSystem, job.Root, job.Root, threshold));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task The_memory_backends_limit_is_above_0(long limit)
    {
        await using var job = new TestJob();
        Assert.Throws<ArgumentOutOfRangeException>(() => job.MemoryBackend(limit));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryCheckpointStreamFactory(limit));
    }

    [Fact]
    public async Task Negative_checkpoint_ids_are_refused_everywhere()
    {
        await using var job = new TestJob();
        foreach (var storage in new ICheckpointStorage[] { job.FileBackend(), job.MemoryBackend(), new MemoryBackendCheckpointStorage(job.FileSystems, TestJob.Id) })
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => storage.InitializeLocationForCheckpointAsync(-1, Token));
            Assert.Throws<ArgumentOutOfRangeException>(() => storage.ResolveCheckpointStorageLocation(-1, CheckpointStorageLocationReference.Default));
            Assert.Throws<ArgumentNullException>(() => storage.ResolveCheckpointStorageLocation(1, null!));
            await Assert.ThrowsAsync<ArgumentNullException>(() => storage.ResolveCheckpointAsync(null!, Token));
            await Assert.ThrowsAsync<ArgumentException>(() => storage.ResolveCheckpointAsync("", Token));
        }
        Assert.Equal(0, job.Requests.Total);
    }

    [Fact]
    public async Task Coordinators_refuse_nonsense_before_they_claim_the_job()
    {
        await using var job = new TestJob();
        await Assert.ThrowsAsync<ArgumentNullException>(() => CheckpointCoordinator.OpenAsync(null!, cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => job.OpenAsync(options: new() { Retained = 0 }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => job.OpenAsync(options: new() { Interval = TimeSpan.FromSeconds(-1) }));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => job.OpenAsync(options: new() { MetadataVersion = 8 }));
        await Assert.ThrowsAsync<ArgumentException>(() => job.OpenAsync(options: new() { RestoreFrom = " " }));
        Assert.Equal(0, job.Requests.Total);
    }

    [Theory]
    [InlineData("", 0, 1)]
    [InlineData("counter", -1, 1)]
    [InlineData("counter", 1, 1)]
    [InlineData("counter", 0, 0)]
    public async Task Tasks_that_cannot_be_are_refused(string name, int index, int parallelism)
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        var task = new OperatorSubtask(name, index, parallelism);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => checkpoint.WriteTextAsync(task, "x"));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => owner.RestoreTextAsync(task));
    }

    [Fact]
    public async Task A_start_from_a_missing_checkpoint_says_so()
    {
        await using var job = new TestJob();
        var error = await Assert.ThrowsAsync<FileSystemException>(() => job.OpenAsync(options: new() { RestoreFrom = $"{job.Directory}/chk-9" }));
        Assert.Equal(FileSystemErrorCode.NotFound, error.Code);
        Assert.Contains("chk-9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_from_what_is_no_path_says_so()
    {
        await using var job = new TestJob();
        var error = await Assert.ThrowsAsync<FileSystemException>(() => job.OpenAsync(options: new() { RestoreFrom = "memory:" }));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
    }

    [Fact]
    public async Task A_savepoint_needs_a_place()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync(new FileSystemCheckpointStorage(job.FileSystems, TestJob.Id, job.Root));
        var error = Assert.Throws<InvalidOperationException>(() => owner.BeginSavepoint());
        Assert.Contains("set Cairn:Checkpoints:SavepointDirectory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tasks_that_disagree_on_how_many_they_are_make_no_checkpoint()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 0, 2), "x");
        await checkpoint.WriteTextAsync(new OperatorSubtask("counter", 1, 3), "y");
        var error = await Assert.ThrowsAsync<CheckpointException>(() => checkpoint.CompleteAsync(Token));
        Assert.Contains("'counter' do not agree on how many they are", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_completion_that_is_cancelled_before_it_begins_aborts_its_checkpoint_and_no_other()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        await checkpoint.WriteTextAsync("counter", "x");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => checkpoint.CompleteAsync(new CancellationToken(canceled: true)));
        Assert.Equal(CheckpointFailureReason.Aborted, (await Assert.ThrowsAsync<CheckpointException>(() => checkpoint.CompleteAsync(Token))).Reason);
        await owner.CheckpointAsync("y");
        Assert.Equal(["chk-2"], await job.CheckpointsAsync());
    }

    [Fact]
    public async Task A_task_acknowledges_once()
    {
        await using var job = new TestJob();
        await using var owner = await job.OpenAsync();
        await using var checkpoint = owner.Begin();
        checkpoint.Acknowledge("counter", new OperatorSubtaskState { Index = 0 });
        var error = Assert.Throws<CheckpointException>(() => checkpoint.Acknowledge("counter", new OperatorSubtaskState { Index = 0 }));
        Assert.Equal(CheckpointFailureReason.InvalidAcknowledgement, error.Reason);
    }
}
