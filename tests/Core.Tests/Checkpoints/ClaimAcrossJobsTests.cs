using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Tests.Checkpoints;

/// <summary>Job B starts from job A's checkpoint, takes incremental ones, and discards.</summary>
public class ClaimAcrossJobsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_b_needs_of_as_shared_files_is_there_and_what_nobody_needs_goes_where_it_was_claimed()
    {
        await using var job = new TestJob();
        var (pointer, files) = await TakeAsAsync(job);
        await using (var b = await OpenBAsync(job, pointer, RecoveryClaimMode.Claim))
        {
            var first = await RetentionTests.TableAsync(b, "a", "b", "c");
            Assert.Equal(files["a"], first["a"]);
            Assert.Equal(files["b"], first["b"]);
            Assert.Equal(["a", "b"], await ExistingAsync(job, files));
            // A's checkpoint is not needed any more, and so it is gone, its files that B still uses excepted.
            Assert.DoesNotContain(await job.FilesAsync(), file => file.StartsWith("chk-", StringComparison.Ordinal));

            var second = await RetentionTests.TableAsync(b, "b", "c");
            Assert.Equal(files["b"], second["b"]);
            Assert.Equal(["b"], await ExistingAsync(job, files));
        }

        // A later run of B still knows what it claimed.
        await using var again = await OpenBAsync(job, pointer: null, RecoveryClaimMode.Claim);
        foreach (var (name, handle) in RetentionTests.SharedOf(again.Restored!.Metadata))
            Assert.Equal(name, System.Text.Encoding.UTF8.GetString(await StorageFamilyTests.ReadAsync(job.FileSystems, handle)));
        await RetentionTests.TableAsync(again, "c", "d");
        Assert.Empty(await ExistingAsync(job, files));
    }

    [Fact]
    public async Task Without_a_claim_b_writes_everything_and_nothing_of_as_ever_goes()
    {
        await using var job = new TestJob();
        var (pointer, files) = await TakeAsAsync(job);
        var before = await job.FilesAsync();
        await using var b = await OpenBAsync(job, pointer, RecoveryClaimMode.NoClaim);

        var first = await RetentionTests.TableAsync(b, "a", "b", "c");
        await RetentionTests.TableAsync(b, "c", "d");
        await b.FinishAsync(Token);

        Assert.DoesNotContain(first.Values, handle => files.ContainsValue(handle));
        Assert.Equal(before, await job.FilesAsync());
        Assert.Equal(["a", "b"], await ExistingAsync(job, files));
    }

    /// <summary>Job A takes two checkpoints of a table and ends; answers its latest, and where the table's files lie.</summary>
    private static async Task<(string Pointer, Dictionary<string, StreamStateHandle> Files)> TakeAsAsync(TestJob job)
    {
        await using var a = await job.OpenAsync();
        await RetentionTests.TableAsync(a, "a");
        var files = await RetentionTests.TableAsync(a, "a", "b");
        return (a.Completed[^1].ExternalPointer, files);
    }

    private static Task<CheckpointCoordinator> OpenBAsync(TestJob job, string? pointer, RecoveryClaimMode mode) =>
        job.OpenAsync(job.Backend(memoryBackend: false, JobId.FromName("job b")), new() { RestoreFrom = pointer, ClaimMode = mode });

    private static async Task<List<string>> ExistingAsync(TestJob job, Dictionary<string, StreamStateHandle> files)
    {
        var existing = new List<string>();
        foreach (var (name, handle) in files)
        {
            if (await job.FileSystem.FindAsync(StoragePath.Parse(((FileStateHandle)handle).FilePath), cancellationToken: Token) is not null)
                existing.Add(name);
        }
        return existing;
    }
}
