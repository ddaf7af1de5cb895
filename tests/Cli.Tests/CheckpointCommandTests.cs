using System.Text.Json;
using Cairn.Cli.Tests.Samples;
using Cairn.Cli.Tests.Stores;
using Cairn.FileSystems;

namespace Cairn.Cli.Tests;

/// <summary>Looking into the checkpoints of a job, on every store.</summary>
public sealed class CheckpointCommandTests
{
    public static TheoryData<string> Stores => TestStore.Names;

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task The_checkpoints_of_a_job_are_listed_completed_or_not(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await using var job = await SampleJob.OpenAsync(store, "listed");
        for (var i = 0; i < 4; i++)
            await job.CheckpointAsync();
        await job.SavepointAsync();
        await job.Coordinator.WaitForDiscardsAsync(TestContext.Current.CancellationToken);
        await store.WriteAsync($"checkpoints/{job.Id}/chk-99/half", "never finished");
        await store.WriteAsync($"checkpoints/{job.Id}/chk-98/_metadata", "no metadata at all");

        using var json = await JsonAsync(store, "checkpoints", $"{store.Root}");
        var found = json.RootElement.GetProperty("checkpoints").EnumerateArray().Select(c => (Id(c), Text(c, "kind"), Text(c, "state"))).ToList();

        Assert.Equal(
            [(2, "checkpoint", "completed"), (3, "checkpoint", "completed"), (4, "checkpoint", "completed"), (98, "checkpoint", "unreadable"), (99, "checkpoint", "incomplete"), (5, "savepoint", "completed")],
            found);
        var last = json.RootElement.GetProperty("checkpoints").EnumerateArray().Single(c => Id(c) == 4);
        Assert.Equal(4 * 5000, last.GetProperty("sharedBytes").GetInt64());
        Assert.Equal(7, last.GetProperty("files").GetInt32());
        Assert.Equal(2, last.GetProperty("operators").GetInt32());
        var text = (await store.RunAsync("checkpoints", $"{job.Directory}")).Done().Out;
        Assert.Contains("19.5 KiB", text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_checkpoint_is_inspected_and_its_files_are_known(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await using var job = await SampleJob.OpenAsync(store, "inspected");
        await job.CheckpointAsync();
        var pointer = (await job.CheckpointAsync()).ExternalPointer;

        using var inspected = await JsonAsync(store, "inspect", pointer);
        using var files = await JsonAsync(store, "files", pointer);

        Assert.Equal(4, inspected.RootElement.GetProperty("files").GetInt32());
        Assert.Equal(2 * 5000 + "offset 2".Length + "000000.sst\n000001.sst".Length, inspected.RootElement.GetProperty("totalBytes").GetInt64());
        var owners = files.RootElement.GetProperty("files").EnumerateArray().CountBy(f => Text(f, "owner")).ToDictionary();
        Assert.Equal((1, 2, 2), (owners["metadata"], owners["own"], owners["shared"]));
        foreach (var file in files.RootElement.GetProperty("files").EnumerateArray())
            Assert.NotNull(await store.FileSystem.FindAsync(StoragePath.Parse(Text(file, "path")), cancellationToken: TestContext.Current.CancellationToken));
        Assert.Contains("managed keyed state", (await store.RunAsync("inspect", pointer)).Done().Out, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task A_missing_or_short_file_is_found(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await using var job = await SampleJob.OpenAsync(store, "verified");
        var pointer = (await job.CheckpointAsync()).ExternalPointer;
        (await store.RunAsync("verify", pointer)).Done();
        (await store.RunAsync("verify", pointer, "--deep")).Done();

        var shared = (await store.FilesAsync()).Single(f => f.Contains("/shared/", StringComparison.Ordinal));
        await store.WriteAsync(shared, "short");
        var cut = await store.RunAsync("verify", pointer);
        await store.FileSystem.DeleteAsync(store.Root / shared, TestContext.Current.CancellationToken);
        using var gone = JsonDocument.Parse((await store.RunAsync("verify", pointer, "--json")).Bytes);

        Assert.Equal(1, cut.ExitCode);
        Assert.Contains("has 5 bytes instead of 5000", cut.Out, StringComparison.Ordinal);
        Assert.Equal("missing", Text(gone.RootElement.GetProperty("problems").EnumerateArray().Single(), "problem"));
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task What_changed_between_two_checkpoints_is_told(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await using var job = await SampleJob.OpenAsync(store, "compared");
        var checkpoints = new List<string>();
        for (var i = 0; i < 5; i++)
            checkpoints.Add((await job.CheckpointAsync()).ExternalPointer);

        using var diff = await JsonAsync(store, "diff", checkpoints[^2], checkpoints[^1]);
        using var same = await JsonAsync(store, "diff", checkpoints[^1], checkpoints[^1]);

        // One table, the manifest and the source's state are new; so many are dropped; three tables are shared.
        Assert.Equal((3, 3, 3), (diff.RootElement.GetProperty("filesAdded").GetArrayLength(), diff.RootElement.GetProperty("filesDropped").GetArrayLength(), diff.RootElement.GetProperty("filesKept").GetInt32()));
        Assert.True(same.RootElement.GetProperty("isSame").GetBoolean());
    }

    [Fact]
    public async Task Checkpoints_of_different_jobs_have_nothing_in_common()
    {
        await using var store = await TestStore.OpenAsync("file");
        await using var job = await SampleJob.OpenAsync(store, "compared");
        using var folder = new TestFolder();
        GoldenCheckpoints.Write(folder.Path);
        var (first, second) = ((await job.CheckpointAsync()).ExternalPointer, $"{folder.Path}/checkpoints/{GoldenCheckpoints.Job}/chk-42");

        var text = (await store.RunAsync("diff", first, second)).Done();
        using var diff = await JsonAsync(store, "diff", first, second);

        Assert.Contains("+ operator windows by user: 2.0 MiB", text.Lines);
        Assert.Equal(["added", "added", "changed", "removed"], diff.RootElement.GetProperty("operators").EnumerateArray().Select(o => Text(o, "change")).Order(StringComparer.Ordinal));
        Assert.Equal(0, diff.RootElement.GetProperty("filesKept").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Metadata_is_converted_and_never_overwritten(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await using var job = await SampleJob.OpenAsync(store, "converted");
        var pointer = (await job.CheckpointAsync()).ExternalPointer;
        var older = $"{pointer}/_metadata.v3";

        (await store.RunAsync("convert", pointer, older, "--metadata-version", "3", "--allow-loss", "--json")).Done();
        using var inspected = await JsonAsync(store, "inspect", older);
        (await store.RunAsync("verify", older)).Done();

        Assert.Equal(3, inspected.RootElement.GetProperty("metadataVersion").GetInt32());
        Assert.Contains("exists already", (await store.RunAsync("convert", pointer, older)).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_cannot_hold_the_state_is_refused_unless_loss_is_allowed()
    {
        await using var store = await TestStore.OpenAsync("file");
        await using var job = await SampleJob.OpenAsync(store, "lossy");
        var pointer = (await job.CheckpointAsync()).ExternalPointer;

        Assert.Contains("--allow-loss", (await store.RunAsync("convert", pointer, $"{store.Root}/v2", "--metadata-version", "4")).Failed(), StringComparison.Ordinal);
        var lossy = await store.RunAsync("convert", pointer, $"{store.Root}/v2", "--metadata-version", "4", "--allow-loss");

        Assert.Equal(0, lossy.ExitCode);
        Assert.Contains("left out: ", lossy.Error, StringComparison.Ordinal);
    }

    private static async Task<JsonDocument> JsonAsync(TestStore store, params string[] args) => JsonDocument.Parse((await store.RunAsync([.. args, "--json"])).Done().Bytes);

    private static long Id(JsonElement checkpoint) => checkpoint.GetProperty("id").GetInt64();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";
}
