using Cairn.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Tests.Checkpoints.Coordination;

/// <summary>Whose the checkpoint is that a job starts from: with Claim its exact paths become the job's, with NoClaim nothing of it is ever used or deleted.</summary>
public class ClaimTests
{
    private static readonly JobId Other = JobId.FromName("other job");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_claim_the_first_checkpoint_is_full_and_nothing_of_the_other_job_is_deleted()
    {
        await using var job = new TestJob();
        var pointer = await RunOtherAsync(job, o => o.TableCheckpointAsync("a", "b"));
        var before = await OtherFilesAsync(job);
        await using var owner = await job.OpenAsync(options: new() { RestoreFrom = pointer });
        await using var pending = owner.Begin();
        Assert.Null(pending.Base);

        var error = Assert.Throws<CheckpointException>(() => pending.Acknowledge("table", owner.Restored!.FindState("table")!));

        Assert.Contains("without claiming it", error.Message, StringComparison.Ordinal);
        Assert.Contains("Claim", error.Message, StringComparison.Ordinal);
        await pending.WriteTableAsync("table", "a", "b");
        await pending.CompleteAsync(Token);
        await owner.TableCheckpointAsync("b");
        await owner.FinishAsync(Token);
        Assert.Equal(before, await OtherFilesAsync(job));
    }

    [Fact]
    public async Task A_claimed_checkpoint_is_built_on_and_goes_when_it_is_needed_no_longer()
    {
        await using var job = new TestJob();
        var pointer = await RunOtherAsync(job, o => o.TableCheckpointAsync("a", "b"));
        await using (var owner = await OpenAsync(job, pointer))
        {
            Assert.Equal(["a", "b"], await owner.RestoreTableAsync("table"));
            job.Requests.Clear();
            await owner.TableCheckpointAsync("a", "c");
            Assert.Equal(2, job.Requests.Count(Cairn.FileSystems.Layers.FileSystemOperation.Write)); // c and _metadata
        }
        // What the checkpoint uses of the other job's shared files is there, the rest of the claimed checkpoint is gone.
        Assert.Equal(["epochs/0", "epochs/1", "shared/a"], await OtherNamesAsync(job));
        await using (var next = await job.OpenAsync())
        {
            Assert.Equal(["a", "c"], await next.RestoreTableAsync("table"));
            await next.TableCheckpointAsync("c");
        }
        Assert.Equal(["epochs/0", "epochs/1"], await OtherNamesAsync(job));
        Assert.DoesNotContain(await job.FilesAsync(), f => f.StartsWith("claims/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_job_that_keeps_nothing_may_start_from_another_ones_checkpoint()
    {
        await using var job = new TestJob();
        var pointer = await RunOtherAsync(job, o => o.TableCheckpointAsync("a", "b"));
        var before = await OtherFilesAsync(job);
        var inMemory = new MemoryBackendCheckpointStorage(job.FileSystems, TestJob.Id);
        await using var owner = await CheckpointCoordinator.OpenAsync(inMemory, new() { RestoreFrom = pointer, ClaimMode = RecoveryClaimMode.Claim }, cancellationToken: Token);
        Assert.Equal(["a", "b"], await owner.RestoreTableAsync("table"));
        await owner.FinishAsync(Token);
        Assert.Equal(before, await OtherFilesAsync(job));
    }

    [Fact]
    public async Task What_other_checkpoints_of_the_other_job_use_stays_theirs()
    {
        await using var job = new TestJob();
        var pointer = await RunOtherAsync(job, async o =>
        {
            await o.TableCheckpointAsync("a", "b");
            return await o.TableCheckpointAsync("a", "c");
        });
        await using var owner = await OpenAsync(job, pointer);
        await owner.TableCheckpointAsync("d");
        await owner.FinishAsync(Token);

        // The first one was not claimed: it needs a and b.
        Assert.Equal(["chk-1/_metadata", "epochs/0", "epochs/1", "shared/a", "shared/b"], await OtherNamesAsync(job));
        var first = await RestoredCheckpoint.LoadAsync(job.FileBackend(), $"{job.Root / Other.ToString() / "chk-1"}", Token);
        await using var restored = await CheckpointCoordinator.OpenAsync(Storage(job), cancellationToken: Token);
        Assert.Equal(first.Id, restored.Restored!.Id);
        Assert.Equal(["a", "b"], await restored.RestoreTableAsync("table"));
    }

    [Fact]
    public async Task The_other_job_is_fenced_by_a_claim_of_its_checkpoint()
    {
        await using var job = new TestJob();
        await using var other = await CheckpointCoordinator.OpenAsync(Storage(job), cancellationToken: Token);
        var checkpoint = await other.TableCheckpointAsync("a");
        await using var owner = await OpenAsync(job, checkpoint.ExternalPointer);
        await owner.TableCheckpointAsync("a", "b");

        await Assert.ThrowsAsync<FencedException>(() => other.TableCheckpointAsync("x"));

        await using var next = await job.OpenAsync();
        Assert.Equal(["a", "b"], await next.RestoreTableAsync("table"));
    }

    [Fact]
    public async Task After_a_claim_of_anything_but_the_other_jobs_latest_the_first_checkpoint_is_full()
    {
        await using var job = new TestJob();
        await RunOtherAsync(job, async o =>
        {
            await o.TableCheckpointAsync("a");
            return await o.TableCheckpointAsync("a", "b");
        });
        await using var owner = await OpenAsync(job, $"{job.Root / Other.ToString() / "chk-1"}");
        await using var pending = owner.Begin();
        Assert.Null(pending.Base);
        Assert.Throws<CheckpointException>(() => pending.Acknowledge("table", owner.Restored!.FindState("table")!));
    }

    [Fact]
    public async Task After_a_claim_of_a_checkpoint_that_its_job_discards_in_that_very_moment_the_first_checkpoint_is_full()
    {
        await using var store = new TestJob();
        var pointer = await RunOtherAsync(store, o => o.TableCheckpointAsync("a"));
        var metadata = StoragePath.Parse(pointer) / "_metadata";
        var epoch = store.Root / Other.ToString() / "epochs" / "1";
        await using var job = new TestJob(
            inner => new Interrupted(inner, (_, path) => path == epoch ? store.FileSystem.DeleteAsync([metadata], Token) : Task.CompletedTask), store.Root);

        await using var owner = await OpenAsync(job, pointer);

        Assert.Null(await store.FileSystem.FindAsync(metadata, cancellationToken: Token));
        Assert.Equal(["a"], await owner.RestoreTableAsync("table"));
        await using var pending = owner.Begin();
        Assert.Null(pending.Base);
        Assert.Contains("has to be full", Assert.Throws<CheckpointException>(() => pending.Acknowledge("table", owner.Restored!.FindState("table")!)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_directories_are_real_that_of_the_claims_goes_with_the_last_of_them()
    {
        var folder = Directory.CreateTempSubdirectory("cairn-claims-");
        try
        {
            var root = StoragePath.FromLocal(folder.FullName);
            await using var fileSystems = new FileSystemRegistry([new Cairn.FileSystems.Local.LocalFileSystemProvider(new() { Durable = false })]);
            FileSystemCheckpointStorage Storage(JobId id) => new(fileSystems, id, root, root / "savepoints", inlineThreshold: 0);
            string pointer;
            await using (var other = await CheckpointCoordinator.OpenAsync(Storage(Other), cancellationToken: Token))
                pointer = (await other.TableCheckpointAsync("a")).ExternalPointer;
            var claims = Path.Combine(folder.FullName, TestJob.Id.ToString(), "claims");
            await using var owner = await CheckpointCoordinator.OpenAsync(Storage(TestJob.Id), new() { RestoreFrom = pointer, ClaimMode = RecoveryClaimMode.Claim }, cancellationToken: Token);
            Assert.Single(Directory.GetFiles(claims));

            await owner.TableCheckpointAsync("b");
            await owner.WaitForDiscardsAsync(Token);

            Assert.False(Directory.Exists(claims));
            Assert.Empty(Directory.GetFiles(Path.Combine(folder.FullName, Other.ToString(), "shared")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_claimed_savepoint_counts_as_retained_and_is_then_discarded_by_its_exact_paths()
    {
        await using var job = new TestJob();
        var pointer = await RunOtherAsync(job, async o =>
        {
            await using var savepoint = o.BeginSavepoint();
            await savepoint.WriteTableAsync("table", "a");
            return await savepoint.CompleteAsync(Token);
        });
        var directory = StoragePath.Parse(pointer);
        await job.FileSystem.WriteAllBytesAsync(directory / "note", new byte[1], cancellationToken: Token);
        await using var owner = await CheckpointCoordinator.OpenAsync(
            job.FileBackend(), new() { RestoreFrom = pointer, ClaimMode = RecoveryClaimMode.Claim, Retained = 2 }, cancellationToken: Token);
        await owner.TableCheckpointAsync("a", "b");
        Assert.NotNull(await job.FileSystem.FindAsync(directory / "_metadata", cancellationToken: Token));

        await owner.TableCheckpointAsync("b");
        Assert.Null(await job.FileSystem.FindAsync(directory / "_metadata", cancellationToken: Token));
        await owner.TableCheckpointAsync("b");

        Assert.Equal(["note"], await NamesAsync(job, directory));
    }

    [Fact]
    public async Task Paths_that_a_claimed_checkpoint_merely_names_are_not_deleted()
    {
        await using var job = new TestJob();
        var precious = job.Root / "precious";
        await job.FileSystem.WriteAllBytesAsync(precious, new byte[1], cancellationToken: Token);
        var pointer = await RunOtherAsync(job, async o =>
        {
            await using var pending = o.Begin();
            pending.Acknowledge("counter", new Cairn.Checkpoints.State.FileStateHandle(precious.ToString(), 1));
            return await pending.CompleteAsync(Token);
        });
        await using var owner = await OpenAsync(job, pointer);
        await owner.CheckpointAsync("one");
        await owner.FinishAsync(Token);
        Assert.NotNull(await job.FileSystem.FindAsync(precious, cancellationToken: Token));
        Assert.Equal(["epochs/0", "epochs/1"], await OtherNamesAsync(job));
    }

    private static FileSystemCheckpointStorage Storage(TestJob job) => new(job.FileSystems, Other, job.Root, job.Root / "savepoints", inlineThreshold: 0);

    private static Task<CheckpointCoordinator> OpenAsync(TestJob job, string pointer) =>
        job.OpenAsync(options: new() { RestoreFrom = pointer, ClaimMode = RecoveryClaimMode.Claim });

    private static async Task<string> RunOtherAsync(TestJob job, Func<CheckpointCoordinator, Task<CompletedCheckpoint>> run)
    {
        await using var other = await CheckpointCoordinator.OpenAsync(Storage(job), new() { Retained = 9 }, cancellationToken: Token);
        return (await run(other)).ExternalPointer;
    }

    private static Task<List<string>> OtherFilesAsync(TestJob job) => NamesAsync(job, job.Root / Other.ToString());

    /// <summary>The other job's files, those of its table by what they contain.</summary>
    private static async Task<List<string>> OtherNamesAsync(TestJob job)
    {
        var names = new List<string>();
        foreach (var name in await OtherFilesAsync(job))
        {
            var path = job.Root / Other.ToString() / name;
            names.Add(name.StartsWith("shared/", StringComparison.Ordinal)
                ? "shared/" + System.Text.Encoding.UTF8.GetString(await job.FileSystem.ReadAllBytesAsync(path, cancellationToken: Token))
                : name);
        }
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private static async Task<List<string>> NamesAsync(TestJob job, StoragePath directory)
    {
        var names = new List<string>();
        await foreach (var entry in job.FileSystem.ListAsync(directory, new ListOptions { Recursive = true }, Token))
            names.Add(entry.Path.ToString()[(directory.ToString().Length + 1)..]);
        names.Sort(StringComparer.Ordinal);
        return names;
    }
}
