using Cairn.Worker;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>What reaches the disk in which order, seen from outside, and what happens when the disk says no. A kill alone would pass without any fsync.</summary>
public sealed class LocalDurabilityTests
{
    [Theory]
    [InlineData("create", "renameat2(")]
    [InlineData("overwrite", "renameat(")]
    public async Task A_commit_is_write_fsync_publish_fsync_of_the_directory_with_new_parents_synced(string mode, string publish)
    {
        await using var folder = new LocalFolder();
        await using var strace = Strace.Start();
        Assert.Equal("ready", await strace.Worker.AskAsync($"prepare {folder.Path}/new/deep/file {mode} 1 300000", LocalFolder.Token));
        Assert.StartsWith("committed", await strace.Worker.AskAsync("commit", LocalFolder.Token), StringComparison.Ordinal);

        var calls = (await strace.CallsAsync()).Where(call => call.Contains(folder.Native, StringComparison.Ordinal)).ToList();
        int Last(string call, string path) => calls.FindLastIndex(c => c.StartsWith(call, StringComparison.Ordinal) && c.Contains(path, StringComparison.Ordinal));
        var (written, fileSynced) = (Last("pwrite64(", ".cairn-tmp"), Last("fsync(", ".cairn-tmp"));
        var (published, directorySynced) = (Last(publish, "\"file\""), Last("fsync(", $"{folder.Native}/new/deep>"));

        Assert.InRange(written, 0, fileSynced - 1);
        Assert.InRange(fileSynced, 0, published - 1);
        Assert.InRange(published, 0, directorySynced - 1);
        Assert.InRange(Last("fsync(", $"{folder.Native}>"), Last("mkdirat(", "\"new\"") + 1, directorySynced);
        Assert.InRange(Last("fsync(", $"{folder.Native}/new>"), Last("mkdirat(", "\"deep\"") + 1, directorySynced);
        Assert.All(calls, call => Assert.DoesNotContain(" = -1 ", call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_second_commit_syncs_the_file_and_its_directory_and_nothing_else()
    {
        await using var folder = new LocalFolder();
        await using var strace = Strace.Start();
        foreach (var name in new[] { "a", "b" })
        {
            await strace.Worker.AskAsync($"prepare {folder.Path}/{name} create 1 10", LocalFolder.Token);
            await strace.Worker.AskAsync("commit", LocalFolder.Token);
        }

        var calls = await strace.CallsAsync();
        var first = calls.Index().First(call => call.Item.StartsWith("renameat2(", StringComparison.Ordinal)).Index + 2;
        Assert.Equal(2, calls.Skip(first).Count(call => call.StartsWith("fsync(", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_that_cannot_be_synced_is_refused_and_leaves_nothing()
    {
        await using var folder = new LocalFolder();
        await using var strace = Strace.Start("-e", "inject=fsync:error=EIO:when=1");
        await strace.Worker.AskAsync($"prepare {folder.Path}/a create 1 10", LocalFolder.Token);

        Assert.Equal("refused Unavailable", await strace.Worker.AskAsync("commit", LocalFolder.Token));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_synced_leaves_the_outcome_unknown_and_the_file_where_it_is()
    {
        await using var folder = new LocalFolder();
        await using var strace = Strace.Start("-P", folder.Native, "-e", "inject=fsync:error=EIO");
        await strace.Worker.AskAsync($"prepare {folder.Path}/a create 1 10", LocalFolder.Token);

        Assert.Equal("unknown", await strace.Worker.AskAsync("commit", LocalFolder.Token));
        Assert.Equal(Pattern.Of(1, 10), await folder.ReadAsync("a"));
    }

    [Fact]
    public async Task A_parent_that_cannot_be_synced_refuses_before_anything_is_published()
    {
        await using var folder = new LocalFolder();
        await using var strace = Strace.Start("-P", folder.Native, "-e", "inject=fsync:error=EIO");
        await strace.Worker.AskAsync($"prepare {folder.Path}/new/a create 1 10", LocalFolder.Token);

        Assert.Equal("refused Unavailable", await strace.Worker.AskAsync("commit", LocalFolder.Token));
        Assert.Equal(["new"], folder.Names);
    }

    [Fact]
    public async Task A_publishing_call_that_fails_is_refused_when_the_file_is_seen_not_to_be_there()
    {
        await using var folder = new LocalFolder();
        await using var strace = Strace.Start("-e", "inject=renameat2:error=EIO");
        await strace.Worker.AskAsync($"prepare {folder.Path}/a create 1 10", LocalFolder.Token);

        Assert.Equal("refused Unavailable", await strace.Worker.AskAsync("commit", LocalFolder.Token));
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_disk_that_cannot_rename_exclusively_links_and_one_writer_wins_still()
    {
        await using var folder = new LocalFolder();
        await using var strace = Strace.Start("-e", "inject=renameat2:error=EINVAL");
        await strace.Worker.AskAsync($"prepare {folder.Path}/a create 1 10", LocalFolder.Token);
        await strace.Worker.AskAsync($"prepare {folder.Path}/a create 2 10", LocalFolder.Token);
        var answers = (await strace.Worker.AskAsync("commit", LocalFolder.Token)).Split(',');

        Assert.Single(answers, answer => answer.StartsWith("committed", StringComparison.Ordinal));
        Assert.Single(answers, "refused AlreadyExists");
        Assert.Equal(["a"], folder.Names);
        Assert.Contains(await strace.CallsAsync(), call => call.StartsWith("linkat(", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_disk_without_attributes_still_gives_versions_to_replace_by()
    {
        await using var folder = new LocalFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Native, "counter"), "0", LocalFolder.Token);
        await using var strace = Strace.Start("-e", "inject=fsetxattr:error=EOPNOTSUPP");

        Assert.Equal("done", await strace.Worker.AskAsync($"increment {folder.Path}/counter 5", LocalFolder.Token));
        Assert.Equal("5", await folder.ReadTextAsync("counter"));
    }

    [Fact]
    public async Task A_deletion_is_confirmed_by_an_fsync_of_the_directory_after_it()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("a", "x");
        await using var strace = Strace.Start();
        Assert.Equal("deleted", await strace.Worker.AskAsync($"delete {folder.Path}/a", LocalFolder.Token));

        var calls = (await strace.CallsAsync()).ToList();
        var removed = calls.FindIndex(call => call.StartsWith("unlinkat(", StringComparison.Ordinal));
        Assert.StartsWith("fsync(", calls[removed + 1], StringComparison.Ordinal);
        Assert.Contains(folder.Native, calls[removed + 1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deletion_that_cannot_be_confirmed_is_no_success()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("a", "x");
        await using var strace = Strace.Start("-e", "inject=fsync:error=EIO");

        Assert.Equal("refused Unavailable", await strace.Worker.AskAsync($"delete {folder.Path}/a", LocalFolder.Token));
    }
}
