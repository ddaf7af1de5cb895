using System.Net.Sockets;
using Cairn.FileSystems;
using Cairn.FileSystems.Local;
using Cairn.FileSystems.Local.Linux;
using Cairn.Worker;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>What the disk refuses, in the words that all stores share.</summary>
public sealed class LocalErrorTests
{
    private const string NobodyId = "65534";

    [Fact]
    public async Task A_file_where_a_directory_would_have_to_be_is_an_invalid_path_to_write_and_nothing_to_find()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("file", "x");

        var error = await Assert.ThrowsAsync<FileSystemException>(() => folder.WriteAsync("file/below/it", "y"));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
        Assert.Contains("errno 20", error.Message, StringComparison.Ordinal);
        Assert.Equal(folder.Path / "file/below/it", error.Path);

        Assert.Null(await folder.Files.FindAsync(folder.Path / "file/below", new FindOptions { Directories = true }, LocalFolder.Token));
        Assert.Empty(await folder.ListAsync("file"));
        Assert.Equal(FileSystemErrorCode.NotFound, (await Assert.ThrowsAsync<FileSystemException>(() => folder.ReadAsync("file/below"))).Code);
        Assert.Null((await folder.Files.DeleteAsync([folder.Path / "file/below"], LocalFolder.Token))[0].Error);
        Assert.Equal(["file"], folder.Names);
    }

    [Fact]
    public async Task A_directory_is_no_file_to_read_or_find_and_cannot_be_overwritten()
    {
        await using var folder = new LocalFolder();
        await folder.Files.CreateDirectoryAsync(folder.Path / "a", LocalFolder.Token);

        Assert.Null(await folder.Files.FindAsync(folder.Path / "a", cancellationToken: LocalFolder.Token));
        Assert.Equal(EntryKind.Directory, (await folder.Files.FindAsync(folder.Path / "a", new FindOptions { Directories = true }, LocalFolder.Token))!.Kind);
        Assert.Equal(FileSystemErrorCode.NotFound, (await Assert.ThrowsAsync<FileSystemException>(() => folder.ReadAsync("a"))).Code);
        Assert.Equal(FileSystemErrorCode.InvalidPath, (await Assert.ThrowsAsync<FileSystemException>(() => folder.WriteAsync("a", "x", WriteMode.Overwrite))).Code);
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public async Task A_loop_of_links_is_an_invalid_path()
    {
        await using var folder = new LocalFolder();
        File.CreateSymbolicLink(Path.Combine(folder.Native, "a"), Path.Combine(folder.Native, "b"));
        File.CreateSymbolicLink(Path.Combine(folder.Native, "b"), Path.Combine(folder.Native, "a"));

        var error = await Assert.ThrowsAsync<FileSystemException>(() => folder.Files.FindAsync(folder.Path / "a", cancellationToken: LocalFolder.Token));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
        Assert.Equal(FileSystemErrorCode.InvalidPath, (await Assert.ThrowsAsync<FileSystemException>(() => folder.ReadAsync("a"))).Code);
        Assert.Equal(FileSystemErrorCode.InvalidPath, (await Assert.ThrowsAsync<FileSystemException>(() => folder.ListAsync("a"))).Code);
        Assert.Empty(await folder.ListAsync());
    }

    [Fact]
    public async Task A_pipe_is_refused_without_waiting_for_its_other_end()
    {
        await using var folder = new LocalFolder();
        await RunOrSkipAsync("mkfifo", Path.Combine(folder.Native, "pipe"));

        Assert.Equal(FileSystemErrorCode.NotSupported, (await Assert.ThrowsAsync<FileSystemException>(() => folder.ReadAsync("pipe"))).Code);
        Assert.Equal(FileSystemErrorCode.NotSupported, (await Assert.ThrowsAsync<FileSystemException>(() => folder.Files.FindAsync(folder.Path / "pipe", cancellationToken: LocalFolder.Token))).Code);
        Assert.Empty(await folder.ListAsync());
    }

    [Fact]
    public async Task A_socket_is_neither_found_nor_read_nor_listed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a socket is what the system says it is.");
        await using var folder = new LocalFolder();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder.Native, "socket")));

        Assert.Equal(FileSystemErrorCode.NotSupported, (await Assert.ThrowsAsync<FileSystemException>(() => folder.ReadAsync("socket"))).Code);
        Assert.Equal(FileSystemErrorCode.NotSupported, (await Assert.ThrowsAsync<FileSystemException>(() => folder.Files.FindAsync(folder.Path / "socket", cancellationToken: LocalFolder.Token))).Code);
        Assert.Empty(await folder.ListAsync());
    }

    [Fact]
    public async Task A_lock_that_another_process_does_not_let_go_is_a_conflict_after_half_a_minute_and_changes_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux replaces under a lock.");
        var time = new FakeTimeProvider();
        await using var folder = new LocalFolder(time: time);
        await folder.WriteAsync("a", "1");
        using (var held = Libc.OpenAt(Libc.NoDirectory, folder.Native, Libc.ReadOnly | Libc.DirectoryOnly | Libc.CloseOnExec))
        {
            Assert.Equal(0, Libc.Lock(held, Libc.LockExclusive));
            var writing = folder.WriteAsync("a", "2", WriteMode.Overwrite);
            var begun = time.GetUtcNow();
            while (!writing.IsCompleted)
            {
                time.Advance(TimeSpan.FromMilliseconds(500));
                await Task.Delay(1, LocalFolder.Token);
            }
            var error = await Assert.ThrowsAsync<FileSystemException>(() => writing);
            Assert.Equal((FileSystemErrorCode.Conflict, folder.Path / "a"), (error.Code, error.Path));
            Assert.True(time.GetUtcNow() - begun >= TimeSpan.FromSeconds(30));
        }
        Assert.Equal("1", await folder.ReadTextAsync("a"));
        await folder.WriteAsync("a", "2", WriteMode.Overwrite);
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public async Task What_permissions_forbid_is_permission_denied_and_never_absent()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("closed/file", "x");
        await RunOrSkipAsync("chmod", "700", Path.Combine(folder.Native, "closed"));
        await RunOrSkipAsync("chmod", "755", folder.Native);
        await using var nobody = await StartNobodyAsync();

        foreach (var command in new[] { $"find {folder.Path}/closed/file", $"list {folder.Path}/closed", $"delete {folder.Path}/closed/file", $"prepare {folder.Path}/new overwrite 1 200000", $"sweep {folder.Path} 0" })
            Assert.Equal("refused PermissionDenied", await nobody.AskAsync(command, LocalFolder.Token));
        Assert.Equal(["closed", "closed/file"], folder.Names);
    }

    [Fact]
    public async Task Too_many_open_files_is_a_limit_of_this_process()
    {
        await using var folder = new LocalFolder();
        await using var worker = WorkerProcess.Start("sh", "-c", "ulimit -n 256; exec \"$0\"");
        // Once while there is room, so that the runtime needs no more files of its own.
        Assert.Equal("ready", await worker.AskAsync($"prepare {folder.Path}/a overwrite 1 200000", LocalFolder.Token));
        Assert.Equal("refused InvalidPath", await worker.AskAsync($"prepare {folder.Path}/{new string('x', 256)} overwrite 1 200000", LocalFolder.Token));
        Assert.Equal("done", await worker.AskAsync("discard", LocalFolder.Token));

        string answer;
        do
            answer = await worker.AskAsync($"prepare {folder.Path}/a overwrite 1 200000", LocalFolder.Token);
        while (answer == "ready");

        Assert.Equal("refused Throttled", answer);
        Assert.Equal("done", await worker.AskAsync("discard", LocalFolder.Token));
        Assert.Equal("ready", await worker.AskAsync($"prepare {folder.Path}/a overwrite 1 200000", LocalFolder.Token));
    }

    [Fact]
    public async Task A_full_disk_is_no_space_and_what_was_written_so_far_goes()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var files = new LocalFileSystem();
        await files.WriteAllBytesAsync(disk.Path / "small", new byte[100_000], cancellationToken: LocalFolder.Token);

        var error = await Assert.ThrowsAsync<FileSystemException>(() => files.WriteAllBytesAsync(disk.Path / "large", new byte[2_000_000], cancellationToken: LocalFolder.Token));
        Assert.Equal(FileSystemErrorCode.NoSpace, error.Code);
        Assert.False(error.IsTransient);
        error = await Assert.ThrowsAsync<FileSystemException>(() => CopyUntilFullAsync(files, disk.Path));
        Assert.Equal(FileSystemErrorCode.NoSpace, error.Code);
        await using (var writer = await files.OpenWriteAsync(disk.Path / "large", cancellationToken: LocalFolder.Token))
            Assert.Equal(FileSystemErrorCode.NoSpace, Assert.Throws<FileSystemException>(() => writer.Stream.Write(new byte[2_000_000])).Code);
        Assert.DoesNotContain(Directory.EnumerateFiles(disk.Native), name => name.EndsWith(".cairn-tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_read_only_disk_is_permission_denied_and_can_be_read()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var files = new LocalFileSystem();
        await files.WriteAllBytesAsync(disk.Path / "a", new byte[10], cancellationToken: LocalFolder.Token);
        await disk.MakeReadOnlyAsync();

        var error = await Assert.ThrowsAsync<FileSystemException>(() => files.WriteAllBytesAsync(disk.Path / "b", new byte[10], cancellationToken: LocalFolder.Token));
        Assert.Equal(FileSystemErrorCode.PermissionDenied, error.Code);
        Assert.Contains("errno 30", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<FileSystemException>(() => files.CreateDirectoryAsync(disk.Path / "new/deep", LocalFolder.Token));
        Assert.Equal((FileSystemErrorCode.PermissionDenied, disk.Path / "new/deep"), (error.Code, error.Path));
        Assert.Equal(FileSystemErrorCode.PermissionDenied, (await files.DeleteAsync([disk.Path / "a"], LocalFolder.Token))[0].Error!.Code);
        Assert.Equal(10, (await files.ReadAllBytesAsync(disk.Path / "a", cancellationToken: LocalFolder.Token)).Length);
    }

    [Fact]
    public async Task A_copy_to_another_disk_is_whole_and_a_directory_that_a_disk_is_mounted_on_stays()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var folder = new LocalFolder();
        await folder.WriteAsync("a", Pattern.Of(1, 300_000));
        await folder.Files.CopyAsync(folder.Path / "a", disk.Path / "a", cancellationToken: LocalFolder.Token);
        await folder.Files.CopyAsync(disk.Path / "a", folder.Path / "b", cancellationToken: LocalFolder.Token);
        Assert.Equal(Pattern.Of(1, 300_000), await folder.ReadAsync("b"));

        await folder.Files.DeleteAsync(disk.Path / "a", LocalFolder.Token);
        Assert.Null((await folder.Files.DeleteAsync([disk.Path], LocalFolder.Token))[0].Error);
        Assert.True(Directory.Exists(disk.Native));
    }

    [Theory]
    [InlineData("create")]
    [InlineData("overwrite")]
    public async Task What_was_written_and_is_removed_by_another_program_is_a_conflict_and_nothing_is_published(string mode)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere an open file may not be removed, or the system's answer is another.");
        await using var folder = new LocalFolder();
        await using var writer = await folder.Files.OpenWriteAsync(
            folder.Path / "a", new() { Mode = mode == "create" ? WriteMode.Create : WriteMode.Overwrite }, LocalFolder.Token);
        await writer.Stream.WriteAsync(new byte[1 << 20], LocalFolder.Token);
        File.Delete(Path.Combine(folder.Native, Assert.Single(folder.Names)));

        var error = await Assert.ThrowsAsync<FileSystemException>(() => writer.CommitAsync(LocalFolder.Token));
        Assert.Equal((FileSystemErrorCode.Conflict, folder.Path / "a"), (error.Code, error.Path));
        Assert.Contains("nothing was published", error.Message, StringComparison.Ordinal);
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("file://host/a/b", "file:///host/")]
    [InlineData("file://a", "file:///a/")]
    public async Task A_local_path_with_a_host_is_refused_with_the_path_that_was_meant(string text, string hint)
    {
        await using var fileSystems = new FileSystemRegistry([new LocalFileSystemProvider()]);
        var error = Assert.Throws<FileSystemException>(() => fileSystems.Get(StoragePath.Parse(text)));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
        Assert.Contains("forget a slash", error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.Contains("BufferSize", Assert.Throws<ArgumentException>(() => new LocalFileSystem(new LocalFileSystemOptions { BufferSize = 4095 })).Message, StringComparison.Ordinal);
        Assert.Contains("BufferSize", Assert.Throws<ArgumentException>(() => new LocalFileSystem(new LocalFileSystemOptions { BufferSize = int.MaxValue })).Message, StringComparison.Ordinal);
        Assert.Contains("Root", Assert.Throws<ArgumentException>(() => new LocalFileSystem(new LocalFileSystemOptions { Root = "relative" })).Message, StringComparison.Ordinal);
        Assert.Contains("Root", Assert.Throws<ArgumentException>(() => new LocalFileSystem(new LocalFileSystemOptions { Root = "" })).Message, StringComparison.Ordinal);
    }

    private static async Task CopyUntilFullAsync(LocalFileSystem files, StoragePath disk)
    {
        for (var i = 0; i < 100; i++)
            await files.CopyAsync(disk / "small", disk / $"copy-{i}", cancellationToken: LocalFolder.Token);
    }

    /// <summary>A worker whom permissions bind; the tests may run as root, whom they do not.</summary>
    private static async Task<WorkerProcess> StartNobodyAsync()
    {
        if (!Environment.IsPrivilegedProcess)
            Assert.Skip("only root can start a worker as somebody else");
        await RunOrSkipAsync("setpriv", $"--reuid={NobodyId}", $"--regid={NobodyId}", "--clear-groups", "test", "-x", Path.Combine(AppContext.BaseDirectory, "Cairn.Worker"));
        return WorkerProcess.Start("setpriv", $"--reuid={NobodyId}", $"--regid={NobodyId}", "--clear-groups");
    }

    private static async Task RunOrSkipAsync(string program, params string[] arguments)
    {
        if (await Commands.TryRunAsync(program, arguments) is { } failure)
            Assert.Skip(failure);
    }
}
