using Cairn.FileSystems;
using Cairn.FileSystems.Local;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>A configured root cannot be left.</summary>
public sealed class LocalRootTests
{
    private static readonly LocalFileSystemOptions Confined = new() { Root = "" };

    [Fact]
    public async Task Below_the_root_everything_works_as_without_one()
    {
        await using var folder = new LocalFolder(Confined);
        var entry = await folder.WriteAsync("a/b/c", "1");
        await folder.WriteAsync("a/b/c", "2", WriteMode.Replace(entry.ETag!));
        await folder.Files.CopyAsync(folder.Path / "a/b/c", folder.Path / "d", cancellationToken: LocalFolder.Token);
        await folder.Files.CreateDirectoryAsync(folder.Path / "e/f", LocalFolder.Token);

        Assert.Equal("2", await folder.ReadTextAsync("d"));
        Assert.Equal([folder.Path / "a/b/c", folder.Path / "d"], (await folder.ListAsync(recursive: true)).Select(file => file.Path));
        Assert.NotNull(await folder.Files.FindAsync(folder.Path, new FindOptions { Directories = true }, LocalFolder.Token));
        Assert.True((await folder.Files.DeleteTreeAsync(folder.Path, LocalFolder.Token)).Failures.Count == 0);
        Assert.Empty(folder.Names);
        Assert.True(Directory.Exists(folder.Native), "the root itself stays");
    }

    [Fact]
    public async Task A_root_that_is_not_there_yet_is_empty_and_is_made_by_the_first_write()
    {
        await using var parent = new LocalFolder();
        await using var files = new LocalFileSystem(new LocalFileSystemOptions { Root = Path.Combine(parent.Native, "x/root") });
        var path = parent.Path / "x/root/a/b";

        Assert.Null(await files.FindAsync(path, cancellationToken: LocalFolder.Token));
        Assert.Null(await files.FindAsync(parent.Path / "x/root", new() { Directories = true }, LocalFolder.Token));
        Assert.Equal(FileSystemErrorCode.NotFound, (await Assert.ThrowsAsync<FileSystemException>(() => files.OpenReadAsync(path, cancellationToken: LocalFolder.Token))).Code);
        Assert.Empty(await files.ListAsync(parent.Path / "x/root", cancellationToken: LocalFolder.Token).ToListAsync(LocalFolder.Token));
        await files.WriteAllBytesAsync(path, new byte[1], cancellationToken: LocalFolder.Token);
        Assert.Equal(["x", "x/root", "x/root/a", "x/root/a/b"], parent.Names);
    }

    [Fact]
    public async Task The_whole_machine_may_be_the_root()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere the folder of this test lies behind a link, or on a drive.");
        await using var folder = new LocalFolder(new LocalFileSystemOptions { Root = "/" });
        await folder.WriteAsync("a/b", "1");
        Assert.Equal("1", await folder.ReadTextAsync("a/b"));
        Assert.Equal([folder.Path / "a/b"], (await folder.ListAsync(recursive: true)).Select(file => file.Path));

        var root = folder.Files.Root;
        Assert.Null(await folder.Files.FindAsync(root / $"none-{Guid.NewGuid():N}", cancellationToken: LocalFolder.Token));
        Assert.Equal(EntryKind.Directory, (await folder.Files.FindAsync(root, new() { Directories = true }, LocalFolder.Token))?.Kind);
        var top = StoragePath.Parse($"file:/{folder.Path.Key.Split('/')[0]}");
        Assert.Contains(top, await folder.Files.ListAsync(root, cancellationToken: LocalFolder.Token).Select(entry => entry.Path).ToListAsync(LocalFolder.Token));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("{root}/../outside")]
    [InlineData("{root}/a/../../outside")]
    [InlineData("{root}-sibling/a")]
    [InlineData("/")]
    public async Task A_path_that_leads_out_is_refused_by_every_verb(string text)
    {
        await using var folder = new LocalFolder(Confined);
        var path = StoragePath.Parse("file:" + text.Replace("{root}", folder.Native, StringComparison.Ordinal));
        await folder.WriteAsync("a", "x");
        var files = folder.Files;

        await RefusedAsync(() => files.FindAsync(path, cancellationToken: LocalFolder.Token));
        await RefusedAsync(() => files.OpenReadAsync(path, cancellationToken: LocalFolder.Token));
        await RefusedAsync(() => files.OpenWriteAsync(path, cancellationToken: LocalFolder.Token));
        await RefusedAsync(() => files.ListAsync(path, cancellationToken: LocalFolder.Token).ToListAsync(LocalFolder.Token).AsTask());
        await RefusedAsync(() => files.DeleteAsync([path], LocalFolder.Token));
        await RefusedAsync(() => files.CopyAsync(path, folder.Path / "b", cancellationToken: LocalFolder.Token));
        await RefusedAsync(() => files.CopyAsync(folder.Path / "a", path, cancellationToken: LocalFolder.Token));
        await RefusedAsync(() => files.CreateDirectoryAsync(path, LocalFolder.Token));
        await RefusedAsync(() => files.SweepAbandonedAsync(path, cancellationToken: LocalFolder.Token));
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public async Task A_raw_name_that_leads_out_deletes_nothing()
    {
        await using var outside = new LocalFolder();
        await outside.WriteAsync("precious", "x");
        await using var folder = new LocalFolder(Confined);
        var raw = StoragePath.FromKey(folder.Path, $"{folder.Path.Key}/../{outside.Path.Name}/precious");

        Assert.False(raw.IsAddressable);
        await folder.Files.DeleteAsync([raw], LocalFolder.Token);
        Assert.Equal(["precious"], outside.Names);
    }

    [Theory]
    [InlineData("link", "a directory outside")]
    [InlineData("link/file", "below it")]
    [InlineData("link/new/file", "below it, to be made")]
    [InlineData("filelink", "a file outside")]
    [InlineData("inner/file", "below a link to a place inside")]
    public async Task No_symbolic_link_is_followed_below_the_root(string name, string what)
    {
        await using var outside = new LocalFolder();
        await outside.WriteAsync("file", what);
        await using var folder = new LocalFolder(Confined);
        await folder.WriteAsync("real/file", "inside");
        File.CreateSymbolicLink(Path.Combine(folder.Native, "link"), outside.Native);
        File.CreateSymbolicLink(Path.Combine(folder.Native, "filelink"), Path.Combine(outside.Native, "file"));
        File.CreateSymbolicLink(Path.Combine(folder.Native, "inner"), Path.Combine(folder.Native, "real"));
        var path = folder.Path / name;

        foreach (var verb in new Func<Task>[]
        {
            () => folder.Files.FindAsync(path, cancellationToken: LocalFolder.Token),
            () => folder.ReadAsync(name),
            () => folder.Files.CopyAsync(path, folder.Path / "copy", cancellationToken: LocalFolder.Token),
            () => folder.ListAsync($"{name}/below"),
            () => folder.Files.SweepAbandonedAsync(path / "below", cancellationToken: LocalFolder.Token),
            () => folder.WriteAsync($"{name}/below", "x"),
            () => folder.Files.CreateDirectoryAsync(path / "below", LocalFolder.Token),
        })
        {
            var error = await Assert.ThrowsAsync<FileSystemException>(verb);
            Assert.True(error.Code is FileSystemErrorCode.PermissionDenied or FileSystemErrorCode.NotFound or FileSystemErrorCode.InvalidPath, $"{error.Code}: {error.Message}");
        }
        await folder.Files.DeleteAsync([path / "below"], LocalFolder.Token);
        Assert.Equal(["file"], outside.Names);
        Assert.Equal(what, await outside.ReadTextAsync("file"));
        Assert.Equal([folder.Path / "real/file"], (await folder.ListAsync(recursive: true)).Select(entry => entry.Path));
        Assert.Equal([folder.Path / "real"], (await folder.ListAsync()).Select(entry => entry.Path));
    }

    [Fact]
    public async Task A_link_itself_can_be_overwritten_or_deleted_and_what_it_leads_to_stays()
    {
        await using var outside = new LocalFolder();
        await outside.WriteAsync("file", "outside");
        await using var folder = new LocalFolder(Confined);
        foreach (var name in new[] { "overwritten", "deleted" })
            File.CreateSymbolicLink(Path.Combine(folder.Native, name), Path.Combine(outside.Native, "file"));

        await folder.WriteAsync("overwritten", "inside", WriteMode.Overwrite);
        await folder.Files.DeleteAsync(folder.Path / "deleted", LocalFolder.Token);

        Assert.Equal("outside", await outside.ReadTextAsync("file"));
        Assert.Equal(["overwritten"], folder.Names);
        Assert.Equal("inside", await folder.ReadTextAsync("overwritten"));
    }

    [Fact]
    public async Task A_link_that_appears_and_goes_meanwhile_never_lets_a_write_out()
    {
        await using var outside = new LocalFolder();
        await using var folder = new LocalFolder(new LocalFileSystemOptions { Root = "", Durable = false });
        using var stop = new CancellationTokenSource();
        var directory = Path.Combine(folder.Native, "d");
        var swapping = Task.Run(
            () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    IgnoreFailure(() => File.CreateSymbolicLink(directory, outside.Native));
                    IgnoreFailure(() => File.Delete(directory));
                    IgnoreFailure(() => Directory.Move(directory, $"{directory}-{i}"));
                }
            },
            LocalFolder.Token);

        var (written, refused) = (0, 0);
        for (var round = 0; round < 2000; round++)
        {
            try
            {
                await folder.WriteAsync("d/file", "x", WriteMode.Overwrite);
                written++;
            }
            catch (FileSystemException e) when (e.Code is FileSystemErrorCode.PermissionDenied or FileSystemErrorCode.NotFound or FileSystemErrorCode.InvalidPath)
            {
                refused++;
            }
            Assert.Empty(outside.Names);
        }
        await stop.CancelAsync();
        await swapping;
        Assert.NotEqual(0, written);
        Assert.NotEqual(0, refused);
    }

    private static void IgnoreFailure(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The writer was faster.
        }
    }

    private static async Task RefusedAsync(Func<Task> verb)
    {
        var error = await Assert.ThrowsAsync<FileSystemException>(verb);
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
    }
}
