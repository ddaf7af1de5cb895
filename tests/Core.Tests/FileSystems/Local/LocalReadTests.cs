using Cairn.FileSystems;
using Cairn.Worker;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>A reader stays with the version that it opened.</summary>
public sealed class LocalReadTests
{
    private const int Length = 1_000_000;

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task A_version_that_was_overwritten_or_deleted_is_read_to_its_end_whoever_wrote_it(bool ours, bool overwritten)
    {
        await using var folder = new LocalFolder();
        if (ours)
            await folder.WriteAsync("a", Pattern.Of(1, Length));
        else
            await File.WriteAllBytesAsync(Path.Combine(folder.Native, "a"), Pattern.Of(1, Length), LocalFolder.Token);
        await using var stream = await folder.Files.OpenReadAsync(folder.Path / "a", cancellationToken: LocalFolder.Token);
        var start = new byte[1000];
        await stream.ReadExactlyAsync(start, LocalFolder.Token);

        if (overwritten)
            await folder.WriteAsync("a", Pattern.Of(2, Length), WriteMode.Overwrite);
        else
            await folder.Files.DeleteAsync(folder.Path / "a", LocalFolder.Token);

        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest, LocalFolder.Token);
        Assert.Equal(Pattern.Of(1, Length), start.Concat(rest.ToArray()));
    }

    [Fact]
    public async Task A_read_that_is_cancelled_before_it_begins_reads_nothing()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("a", Pattern.Of(1, 10));
        await using var stream = await folder.Files.OpenReadAsync(folder.Path / "a", cancellationToken: LocalFolder.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.ReadAsync(new byte[5], new CancellationToken(canceled: true)).AsTask());
        var all = new byte[10];
        await stream.ReadExactlyAsync(all, LocalFolder.Token);
        Assert.Equal(Pattern.Of(1, 10), all);
    }

    [Fact]
    public async Task A_stream_that_was_closed_reads_no_more_however_often_it_is_closed()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("a", Pattern.Of(1, Length));
        var stream = await folder.Files.OpenReadAsync(folder.Path / "a", cancellationToken: LocalFolder.Token);
        await stream.ReadExactlyAsync(new byte[10], LocalFolder.Token);
        await Task.Run(stream.Dispose, LocalFolder.Token);
        await stream.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadAsync(new byte[1], LocalFolder.Token).AsTask());
        Assert.Throws<ObjectDisposedException>(() => stream.Read(new byte[1]));
    }

    [Fact]
    public async Task A_file_truncated_in_place_is_told_and_never_shorter()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("a", Pattern.Of(1, Length));
        await using var stream = await folder.Files.OpenReadAsync(folder.Path / "a", cancellationToken: LocalFolder.Token);
        await stream.ReadExactlyAsync(new byte[1000], LocalFolder.Token);
        await using (var file = File.OpenWrite(Path.Combine(folder.Native, "a")))
            file.SetLength(500_000);

        var error = await Assert.ThrowsAsync<FileChangedException>(() => stream.CopyToAsync(Stream.Null, LocalFolder.Token));
        Assert.Equal(folder.Path / "a", error.Path);
    }

    [Fact]
    public async Task A_file_written_in_place_is_told_before_its_last_bytes()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("a", Pattern.Of(1, Length));
        await using var stream = await folder.Files.OpenReadAsync(folder.Path / "a", cancellationToken: LocalFolder.Token);
        stream.ReadExactly(new byte[1000]);
        await using (var file = File.OpenWrite(Path.Combine(folder.Native, "a")))
            file.Write(new byte[Length]);

        Assert.Throws<FileChangedException>(() => stream.CopyTo(Stream.Null));
    }

    [Fact]
    public async Task A_change_of_rights_or_a_second_name_is_no_new_version()
    {
        await using var folder = new LocalFolder();
        var entry = await folder.WriteAsync("a", "x");
        Assert.Null(await Commands.TryRunAsync("chmod", "600", Path.Combine(folder.Native, "a")));
        Assert.Null(await Commands.TryRunAsync("ln", Path.Combine(folder.Native, "a"), Path.Combine(folder.Native, "b")));

        Assert.Equal(entry.ETag, (await folder.Files.GetAsync(folder.Path / "a", LocalFolder.Token)).ETag);
        Assert.Equal("x", await folder.ReadTextAsync("a", new ReadOptions { IfMatch = entry.ETag }));
    }

    [Fact]
    public async Task Another_version_than_the_expected_one_is_not_opened()
    {
        await using var folder = new LocalFolder();
        var first = await folder.WriteAsync("a", "x");
        await folder.WriteAsync("a", "y", WriteMode.Overwrite);

        var error = await Assert.ThrowsAsync<FileSystemException>(() => folder.ReadAsync("a", new ReadOptions { IfMatch = first.ETag }));
        Assert.Equal(FileSystemErrorCode.PreconditionFailed, error.Code);
        error = await Assert.ThrowsAsync<FileSystemException>(() => folder.Files.CopyAsync(folder.Path / "a", folder.Path / "b", new CopyOptions { Source = first }, LocalFolder.Token));
        Assert.Equal((FileSystemErrorCode.PreconditionFailed, folder.Path / "a"), (error.Code, error.Path));
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public async Task Links_are_followed_when_there_is_no_root_and_a_walk_does_not_go_through_them()
    {
        await using var outside = new LocalFolder();
        await outside.WriteAsync("file", "outside");
        await using var folder = new LocalFolder();
        File.CreateSymbolicLink(Path.Combine(folder.Native, "directory"), outside.Native);
        File.CreateSymbolicLink(Path.Combine(folder.Native, "file"), Path.Combine(outside.Native, "file"));
        File.CreateSymbolicLink(Path.Combine(folder.Native, "dangling"), Path.Combine(outside.Native, "none"));

        Assert.Equal("outside", await folder.ReadTextAsync("directory/file"));
        Assert.Equal("outside", await folder.ReadTextAsync("file"));
        Assert.Equal([("directory", EntryKind.Directory), ("file", EntryKind.File)], (await folder.ListAsync()).Select(entry => (entry.Path.Name, entry.Kind)));
        Assert.Equal(["file"], (await folder.ListAsync(recursive: true)).Select(entry => entry.Path.Name));
    }
}
