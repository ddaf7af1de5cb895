using Cairn.FileSystems;
using Cairn.FileSystems.Local;
using Cairn.FileSystems.Local.Portable;
using Cairn.Worker;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>What systems other than Linux get, as far as it can be seen from here.</summary>
public sealed class PortableDiskTests
{
    private static readonly SweepOptions Everything = new() { OlderThan = TimeSpan.Zero };

    [Fact]
    public async Task It_says_what_it_cannot_do()
    {
        await using var folder = Portable();
        Assert.False(folder.Files.Capabilities.ConditionalReplace);
        Assert.False(folder.Files.Capabilities.DurableCommit);
        Assert.True(folder.Files.Capabilities.AtomicCreate);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => folder.WriteAsync("a", "x", WriteMode.Replace("e")));
        Assert.Equal(FileSystemErrorCode.NotSupported, error.Code);
    }

    [Fact]
    public async Task Files_are_written_listed_found_read_copied_and_deleted()
    {
        await using var folder = Portable();
        var entry = await folder.WriteAsync("a/b/c", Pattern.Of(1, 300_000));
        await folder.WriteAsync("a/b/c", Pattern.Of(2, 300_000), WriteMode.Overwrite);
        await folder.Files.CopyAsync(folder.Path / "a/b/c", folder.Path / "d", cancellationToken: LocalFolder.Token);
        await folder.Files.CreateDirectoryAsync(folder.Path / "e", LocalFolder.Token);

        Assert.Equal(Pattern.Of(2, 300_000), await folder.ReadAsync("d"));
        Assert.NotEqual(entry.ETag, (await folder.Files.GetAsync(folder.Path / "a/b/c", LocalFolder.Token)).ETag);
        Assert.Equal(["a", "d", "e"], (await folder.ListAsync()).Select(file => file.Path.Name));
        Assert.Equal(["c", "d"], (await folder.ListAsync(recursive: true)).Select(file => file.Path.Name));
        Assert.Null(await folder.Files.FindAsync(folder.Path / "none", cancellationToken: LocalFolder.Token));
        Assert.Equal(FileSystemErrorCode.NotFound, (await Assert.ThrowsAsync<FileSystemException>(() => folder.ReadAsync("none"))).Code);

        Assert.True((await folder.Files.DeleteTreeAsync(folder.Path / "a", LocalFolder.Token)).Failures.Count == 0);
        Assert.Equal(["d", "e"], folder.Names);
    }

    [Fact]
    public async Task Of_16_creators_exactly_one_wins_and_its_file_is_whole()
    {
        await using var folder = Portable();
        for (var round = 0; round < 30; round++)
        {
            var path = $"round-{round}";
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(seed => Task.Run(() => TryCreateAsync(folder, path, seed), LocalFolder.Token)));
            var winner = Assert.Single(outcomes.Index(), outcome => outcome.Item).Index;
            Assert.Equal(Pattern.Of(winner, 50_000), await folder.ReadAsync(path));
        }
        Assert.Equal(30, folder.Names.Length);
    }

    [Fact]
    public async Task A_live_writers_file_is_not_swept_and_a_dead_ones_is()
    {
        await using var folder = Portable();
        await using var writer = await folder.Files.OpenWriteAsync(folder.Path / "a", cancellationToken: LocalFolder.Token);
        await File.WriteAllTextAsync(Path.Combine(folder.Native, $".{Guid.NewGuid():N}.cairn-tmp"), "left", LocalFolder.Token);

        Assert.Equal(1, (await folder.Files.SweepAbandonedAsync(folder.Path, Everything, LocalFolder.Token)).Removed);
        Assert.Empty(await folder.ListAsync());
        await writer.CommitAsync(LocalFolder.Token);
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public async Task No_link_leads_out_of_the_root()
    {
        await using var outside = new LocalFolder();
        await outside.WriteAsync("file", "x");
        await using var folder = Portable(confined: true);
        File.CreateSymbolicLink(Path.Combine(folder.Native, "link"), outside.Native);

        foreach (var verb in new Func<Task>[] { () => folder.ReadAsync("link/file"), () => folder.WriteAsync("link/new", "y"), () => folder.ListAsync("link"), () => folder.Files.SweepAbandonedAsync(folder.Path / "link", Everything, LocalFolder.Token) })
            Assert.Equal(FileSystemErrorCode.PermissionDenied, (await Assert.ThrowsAsync<FileSystemException>(verb)).Code);
        Assert.Equal(FileSystemErrorCode.PermissionDenied, (await folder.Files.DeleteAsync([folder.Path / "link/file"], LocalFolder.Token))[0].Error!.Code);
        Assert.Equal(["file"], outside.Names);
    }

    private static LocalFolder Portable(bool confined = false) => new(
        new LocalFileSystemOptions { Root = confined ? "" : null },
        create: options => new LocalFileSystem(options, TimeProvider.System, new PortableDisk(options)));

    private static async Task<bool> TryCreateAsync(LocalFolder folder, string path, int seed)
    {
        try
        {
            await folder.WriteAsync(path, Pattern.Of(seed, 50_000));
            return true;
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.AlreadyExists)
        {
            return false;
        }
    }
}
