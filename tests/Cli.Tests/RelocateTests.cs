using System.Text.Json;
using Cairn.Checkpoints;
using Cairn.Cli.Tests.Running;
using Cairn.Cli.Tests.Samples;
using Cairn.Cli.Tests.Stores;
using Cairn.FileSystems;

namespace Cairn.Cli.Tests;

/// <summary>Checkpoints that move with all their files.</summary>
public sealed class RelocateTests
{
    [Fact]
    public async Task An_incremental_checkpoint_goes_from_S3_to_Azure_to_a_disk_and_back_and_a_job_starts_from_it()
    {
        await using var s3 = await TestStore.OpenAsync("s3");
        await using var azure = await TestStore.OpenAsync("azure");
        await using var disk = await TestStore.OpenAsync("file");
        var environment = TestStore.Together(s3, azure, disk);
        IReadOnlyList<string> tables;
        string pointer;
        await using (var job = await SampleJob.OpenAsync(s3, "moving"))
        {
            for (var i = 0; i < 6; i++)
                await job.CheckpointAsync();
            (tables, pointer) = ([.. job.State], job.Coordinator.Completed[^1].ExternalPointer);
        }

        foreach (var place in new[] { $"{azure.Root}/moved/chk-6", $"{disk.Root}/moved/chk-6", $"{s3.Root}/back/chk-6" })
        {
            using var json = JsonDocument.Parse((await Tool.RunAsync(environment, "relocate", pointer, place, "--json")).Done().Bytes);
            Assert.True(json.RootElement.GetProperty("verified").GetBoolean());
            Assert.Equal(7, json.RootElement.GetProperty("copied").GetInt32());
            (await Tool.RunAsync(environment, "verify", place, "--deep")).Done();
            using var files = JsonDocument.Parse((await Tool.RunAsync(environment, "files", place, "--json")).Done().Bytes);
            Assert.All(files.RootElement.GetProperty("files").EnumerateArray(), f => Assert.StartsWith(place, f.GetProperty("path").GetString()!, StringComparison.Ordinal));
            pointer = place;
        }

        // What it came from is gone; the moved one stands by itself.
        await s3.FileSystem.DeleteTreeAsync(s3.Root / "checkpoints", TestContext.Current.CancellationToken);
        await using var restored = await SampleJob.OpenAsync(s3, "moving", new CheckpointCoordinatorOptions { RestoreFrom = pointer });
        Assert.Equal(tables, restored.State);
        await restored.CheckpointAsync();
    }

    [Theory]
    [InlineData("file")]
    [InlineData("s3")]
    [InlineData("azure")]
    public async Task Within_a_store_it_goes_on_where_it_stopped_and_never_overwrites(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        await using var job = await SampleJob.OpenAsync(store, "interrupted");
        var pointer = (await job.CheckpointAsync()).ExternalPointer;
        var target = $"{store.Root}/elsewhere";

        Assert.Contains("would be copied", (await store.RunAsync("relocate", pointer, target, "--dry-run")).Done().Out, StringComparison.Ordinal);
        Assert.DoesNotContain(await store.FilesAsync(), f => f.StartsWith("elsewhere", StringComparison.Ordinal));

        (await store.RunAsync("relocate", pointer, target)).Done();
        await store.FileSystem.DeleteAsync(StoragePath.Parse(target) / "_metadata", TestContext.Current.CancellationToken);
        Assert.Contains("1 file copied, 3 were there already", (await store.RunAsync("relocate", pointer, target)).Done().Out, StringComparison.Ordinal);

        var other = (await job.CheckpointAsync()).ExternalPointer;
        Assert.Contains("exists already", (await store.RunAsync("relocate", other, target)).Failed(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_that_is_not_whole_is_not_moved()
    {
        await using var store = await TestStore.OpenAsync("file");
        await using var job = await SampleJob.OpenAsync(store, "broken");
        var pointer = (await job.CheckpointAsync()).ExternalPointer;
        await store.FileSystem.DeleteAsync(store.Root / (await store.FilesAsync()).Single(f => f.Contains("/shared/", StringComparison.Ordinal)), TestContext.Current.CancellationToken);

        Assert.Contains("not whole", (await store.RunAsync("relocate", pointer, $"{store.Root}/elsewhere")).Failed(), StringComparison.Ordinal);
        Assert.DoesNotContain(await store.FilesAsync(), f => f.StartsWith("elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_savepoint_of_relative_names_keeps_them()
    {
        await using var store = await TestStore.OpenAsync("file");
        await using var job = await SampleJob.OpenAsync(store, "saved");
        var pointer = (await job.SavepointAsync()).ExternalPointer;

        (await store.RunAsync("relocate", pointer, $"{store.Root}/first")).Done();
        (await store.RunAsync("mv", "-r", $"{store.Root}/first", $"{store.Root}/second")).Done();

        using var json = JsonDocument.Parse((await store.RunAsync("inspect", $"{store.Root}/second", "--json")).Done().Bytes);
        Assert.True(json.RootElement.GetProperty("handleTypes").TryGetProperty("RelativeFile(6)", out _));
    }

    [Fact]
    public async Task Files_of_another_job_move_below_its_id()
    {
        await using var store = await TestStore.OpenAsync("file");
        await using var first = await SampleJob.OpenAsync(store, "owner");
        var claim = new CheckpointCoordinatorOptions { RestoreFrom = (await first.CheckpointAsync()).ExternalPointer, ClaimMode = RecoveryClaimMode.Claim };
        await using var second = await SampleJob.OpenAsync(store, "claimant", claim);
        var pointer = (await second.CheckpointAsync()).ExternalPointer;

        (await store.RunAsync("relocate", pointer, $"{store.Root}/moved")).Done();

        Assert.Contains(await store.FilesAsync(), f => f.StartsWith($"moved/{first.Id}/shared/", StringComparison.Ordinal));
        Assert.Contains("lies already", (await store.RunAsync("relocate", $"{store.Root}/moved", $"{store.Root}/moved")).Failed(2), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_lie_where_nothing_says_whose_they_are_move_too()
    {
        await using var store = await TestStore.OpenAsync("file");
        await using var job = await SampleJob.OpenAsync(store, "strewn");
        (await store.RunAsync("relocate", (await job.CheckpointAsync()).ExternalPointer, $"{store.Root}/first")).Done();
        // The checkpoint goes without its shared files, which it still names where they are.
        (await store.RunAsync("cp", "-r", $"{store.Root}/first", $"{store.Root}/second")).Done();
        (await store.RunAsync("rm", "-r", $"{store.Root}/second/shared")).Done();

        (await store.RunAsync("relocate", $"{store.Root}/second", $"{store.Root}/third")).Done();
        await store.FileSystem.DeleteTreeAsync(store.Root / "first", TestContext.Current.CancellationToken);

        Assert.Contains(await store.FilesAsync(), f => f.StartsWith("third/elsewhere/", StringComparison.Ordinal));
        (await store.RunAsync("verify", $"{store.Root}/third", "--deep")).Done();
    }

    [Fact]
    public async Task What_lies_in_the_way_is_not_overwritten()
    {
        await using var store = await TestStore.OpenAsync("file");
        await using var job = await SampleJob.OpenAsync(store, "blocked");
        var pointer = (await job.CheckpointAsync()).ExternalPointer;
        (await store.RunAsync("relocate", pointer, $"{store.Root}/elsewhere")).Done();
        await store.FileSystem.DeleteAsync(store.Root / "elsewhere/_metadata", TestContext.Current.CancellationToken);
        var shared = (await store.FilesAsync()).First(f => f.StartsWith("elsewhere/", StringComparison.Ordinal));
        await store.WriteAsync(shared, "another file");

        Assert.Contains("exists already", (await store.RunAsync("relocate", pointer, $"{store.Root}/elsewhere")).Failed(), StringComparison.Ordinal);
        Assert.DoesNotContain("elsewhere/_metadata", await store.FilesAsync());
    }
}
