using System.Text.Json;
using Cairn.Checkpoints;
using Cairn.Cli.Tests.Samples;
using Cairn.Cli.Tests.Stores;
using Cairn.FileSystems;

namespace Cairn.Cli.Tests;

/// <summary>Files that nothing needs: exactly those, and nothing that a job needs, whatever it does meanwhile.</summary>
public sealed class OrphansTests
{
    private const int Planted = 1000;

    public static TheoryData<string> Stores => TestStore.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Of_two_jobs_one_of_which_claimed_the_others_checkpoint_exactly_the_planted_files_are_orphans(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await using var first = await SampleJob.OpenAsync(store, "first");
        for (var i = 0; i < 5; i++)
            await first.CheckpointAsync();
        await first.AbortAsync();
        await first.SavepointAsync();
        await first.Coordinator.WaitForDiscardsAsync(TestContext.Current.CancellationToken);
        var claim = new CheckpointCoordinatorOptions { Retained = 3, RestoreFrom = first.Coordinator.Completed[^1].ExternalPointer, ClaimMode = RecoveryClaimMode.Claim };
        await using var second = await SampleJob.OpenAsync(store, "second", claim);
        for (var i = 0; i < 2; i++)
            await second.CheckpointAsync();
        await second.Coordinator.WaitForDiscardsAsync(TestContext.Current.CancellationToken);
        var planted = await PlantAsync(store, first.Id, second.Id);

        var dryRun = await FindAsync(store);
        Assert.Equal(planted.Order(StringComparer.Ordinal), dryRun.Orphans);
        Assert.Equal(0, dryRun.Deleted);

        // Younger than a day, all of them.
        Assert.Empty((await FindAsync(store, olderThan: "1d")).Orphans);

        var before = await store.FilesAsync();
        Assert.Equal(Planted, (await FindAsync(store, ["--delete"])).Deleted);
        Assert.Equal(before.Except(planted.Select(p => p[(store.Root.ToString().Length + 1)..])), await store.FilesAsync());
        foreach (var pointer in first.Coordinator.Completed.Concat(second.Coordinator.Completed).Select(c => c.ExternalPointer))
            (await store.RunAsync("verify", pointer, "--deep")).Done();
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task While_a_job_completes_checkpoints_nothing_that_it_needs_is_deleted(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await using var job = await SampleJob.OpenAsync(store, "running");
        await job.CheckpointAsync();
        var planted = await PlantAsync(store, job.Id, job.Id, 50);
        // A file of a checkpoint under way is as old as the checkpoint takes; the planted ones are older than that.
        await Task.Delay(TimeSpan.FromSeconds(2.5), TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var running = RunAsync(job, stop.Token);

        var scans = new List<Found>();
        for (var i = 0; i < 3; i++)
            scans.Add(await FindAsync(store, ["--delete"], olderThan: "2s", mayFail: true));
        await stop.CancelAsync();
        await running;
        scans.Add(await FindAsync(store, ["--delete"], olderThan: "2s"));

        Assert.Equal(planted.Count, scans.Sum(scan => scan.Deleted));
        Assert.All(scans, scan => Assert.Empty(scan.Orphans.Except(planted)));
        foreach (var checkpoint in job.Coordinator.Completed)
            (await store.RunAsync("verify", checkpoint.ExternalPointer, "--deep")).Done();
        await job.DisposeAsync();
        await using var restored = await SampleJob.OpenAsync(store, "running");
        Assert.Equal(job.State, restored.State);
    }

    [Fact]
    public async Task A_savepoint_elsewhere_protects_what_it_needs_when_it_is_named()
    {
        await using var store = await TestStore.OpenAsync("file");
        var savepoint = store.Root / "elsewhere" / "sp";
        await using (var job = await SampleJob.OpenAsync(store, "referenced"))
        {
            await job.CheckpointAsync();
            (await store.RunAsync("relocate", job.Coordinator.Completed[^1].ExternalPointer, $"{store.Root}/checkpoints/{JobId.FromName("other")}/shared/kept")).Done();
            (await store.RunAsync("convert", $"{store.Root}/checkpoints/{JobId.FromName("other")}/shared/kept", $"{savepoint}/_metadata", "--metadata-version", "6")).Done();
        }
        await store.FileSystem.DeleteAsync(store.Root / "checkpoints" / JobId.FromName("other").ToString() / "shared" / "kept" / "_metadata", TestContext.Current.CancellationToken);

        Assert.Equal(3, (await FindAsync(store)).Orphans.Count);
        Assert.Empty((await FindAsync(store, ["--references", $"{store.Root}/elsewhere"])).Orphans);
        Assert.Empty((await FindAsync(store, ["--references", $"{savepoint}"])).Orphans);
        Assert.Empty((await FindAsync(store, ["--references", $"{savepoint}/_metadata"])).Orphans);
    }

    [Fact]
    public async Task A_reference_without_a_checkpoint_is_an_error_and_nothing_is_deleted()
    {
        await using var store = await TestStore.OpenAsync("file");
        await using var job = await SampleJob.OpenAsync(store, "mistyped");
        await job.CheckpointAsync();
        await PlantAsync(store, job.Id, job.Id, 5);
        var before = await store.FilesAsync();

        var result = await store.RunAsync("orphans", $"{store.Root}/checkpoints", "--older-than", "0s", "--delete", "--references", $"{store.Root}/savepionts");

        Assert.Contains("savepionts", result.Failed(), StringComparison.Ordinal);
        Assert.Equal(before, await store.FilesAsync());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task When_one_metadata_cannot_be_read_nothing_is_deleted(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await using var job = await SampleJob.OpenAsync(store, "unreadable");
        await job.CheckpointAsync();
        await PlantAsync(store, job.Id, job.Id, 5);
        await store.WriteAsync("checkpoints/any/where/_metadata", "damaged");
        var before = await store.FilesAsync();

        var result = await store.RunAsync("orphans", $"{store.Root}/checkpoints", "--older-than", "0s", "--delete");

        Assert.Contains("cannot be read", result.Failed(), StringComparison.Ordinal);
        Assert.Equal(before, await store.FilesAsync());
    }

    [Fact]
    public async Task A_single_jobs_directory_is_only_reported()
    {
        await using var store = await TestStore.OpenAsync("file");
        await using var job = await SampleJob.OpenAsync(store, "single");
        await job.CheckpointAsync();
        var planted = await PlantAsync(store, job.Id, job.Id, 4);
        var before = await store.FilesAsync();

        using var report = JsonDocument.Parse((await store.RunAsync("orphans", $"{job.Directory}", "--older-than", "0s", "--json")).Done().Bytes);
        var deletion = await store.RunAsync("orphans", $"{job.Directory}", "--older-than", "0s", "--delete");
        var inside = await store.RunAsync("orphans", $"{job.Directory}/shared", "--older-than", "0s", "--delete");

        Assert.Equal(planted.Order(StringComparer.Ordinal), report.RootElement.GetProperty("orphans").EnumerateArray().Select(o => o.GetProperty("path").GetString()));
        Assert.Contains("single job's directory", deletion.Failed(2), StringComparison.Ordinal);
        Assert.Contains("inside a job's directory", inside.Failed(2), StringComparison.Ordinal);
        Assert.Equal(before, await store.FilesAsync());
    }

    [Fact]
    public async Task Only_files_of_checkpoints_and_shared_state_qualify()
    {
        await using var store = await TestStore.OpenAsync("file");
        var id = JobId.FromName("nothing").ToString();
        string[] safe =
        [
            $"checkpoints/{id}/taskowned/a", $"checkpoints/{id}/epochs/0", $"checkpoints/{id}/claims/x", $"checkpoints/{id}/readme", $"checkpoints/no-job/chk-1/a",
            $"checkpoints/no-job/shared/a", $"checkpoints/{id}/chk-1x/a", $"checkpoints/{id}/taskowned/chk-1/a", $"checkpoints/{id}/taskowned/shared/a", "checkpoints/top",
        ];
        foreach (var file in safe.Append($"checkpoints/{id}/chk-1/orphan"))
            await store.WriteAsync(file, "1");

        Assert.Equal([$"{store.Root}/checkpoints/{id}/chk-1/orphan"], (await FindAsync(store)).Orphans);
    }

    [Fact]
    public async Task A_file_that_is_named_in_another_spelling_of_its_place_is_needed()
    {
        await using var store = await TestStore.OpenAsync("file");
        await using var job = await SampleJob.OpenAsync(store, "spelled");
        await job.CheckpointAsync();
        await job.DisposeAsync();
        // The whole root moves: the paths inside still name the old place.
        (await store.RunAsync("mv", "-r", $"{store.Root}/checkpoints", $"{store.Root}/mounted/elsewhere")).Done();

        using var report = JsonDocument.Parse((await store.RunAsync("orphans", $"{store.Root}/mounted/elsewhere", "--older-than", "0s", "--json")).Done().Bytes);

        Assert.Equal(0, report.RootElement.GetProperty("orphans").GetArrayLength());
        Assert.Equal(3, report.RootElement.GetProperty("needed").GetInt32());
    }

    [Theory]
    [InlineData("s3", "s3:", "s3a:")]
    [InlineData("azure", "abfss:", "wasbs:")]
    public async Task Another_scheme_of_the_same_store_makes_no_orphan(string name, string scheme, string other)
    {
        await using var store = await TestStore.OpenAsync(name);
        await using var job = await SampleJob.OpenAsync(store, "schemes");
        await job.CheckpointAsync();
        var planted = await PlantAsync(store, job.Id, job.Id, 3);
        string Spelled(string path) => path.Replace(scheme, other, StringComparison.Ordinal).Replace(".dfs.", other == "wasbs:" ? ".blob." : ".dfs.", StringComparison.Ordinal);

        using var report = JsonDocument.Parse((await store.RunAsync("orphans", Spelled($"{store.Root}/checkpoints"), "--older-than", "0s", "--json")).Done().Bytes);

        Assert.Equal(planted.Select(Spelled).Order(StringComparer.Ordinal), report.RootElement.GetProperty("orphans").EnumerateArray().Select(o => o.GetProperty("path").GetString()));
        Assert.Equal(3, report.RootElement.GetProperty("needed").GetInt32());
    }

    private static async Task RunAsync(SampleJob job, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await job.CheckpointAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(700), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Files that look like what jobs write: in checkpoint directories that were never finished, in those of checkpoints that were, and in <c>shared</c>.</summary>
    private static async Task<List<string>> PlantAsync(TestStore store, JobId first, JobId second, int count = Planted)
    {
        var latest = (await store.FilesAsync()).Where(f => f.EndsWith("/_metadata", StringComparison.Ordinal) && f.Contains("/chk-", StringComparison.Ordinal)).Select(f => f[..^"/_metadata".Length]).Last();
        string[] places = [$"checkpoints/{first}/shared", $"checkpoints/{second}/shared", $"checkpoints/{first}/chk-777", $"checkpoints/{second}/chk-1", latest, $"checkpoints/{first}/shared/job_op_1"];
        var planted = Enumerable.Range(0, count).Select(i => $"{places[i % places.Length]}/{Guid.NewGuid()}").ToList();
        await Parallel.ForEachAsync(planted, TestContext.Current.CancellationToken, async (file, _) => await store.WriteAsync(file, "orphan"));
        return [.. planted.Select(p => (store.Root / p).ToString())];
    }

    private sealed record Found(List<string> Orphans, int Deleted);

    private static async Task<Found> FindAsync(TestStore store, string[]? options = null, string olderThan = "0s", bool mayFail = false)
    {
        var result = await store.RunAsync(["orphans", $"{store.Root}/checkpoints", "--older-than", olderThan, "--json", .. options ?? []]);
        // Checkpoints that change all the time are a reason to give up, not to delete.
        if (mayFail && result.ExitCode != 0)
        {
            Assert.Contains("nothing was deleted", result.Failed(), StringComparison.Ordinal);
            return new Found([], 0);
        }
        using var json = JsonDocument.Parse(result.Done().Bytes);
        return new Found(
            [.. json.RootElement.GetProperty("orphans").EnumerateArray().Select(o => o.GetProperty("path").GetString()!)],
            json.RootElement.GetProperty("deleted").GetInt32());
    }
}
