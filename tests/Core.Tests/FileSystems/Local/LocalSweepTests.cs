using System.Net.Sockets;
using Cairn.FileSystems;
using Cairn.FileSystems.Local;
using Cairn.Worker;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>What killed writers leave, and that nothing else is taken.</summary>
public sealed class LocalSweepTests
{
    private static readonly SweepOptions Everything = new() { OlderThan = TimeSpan.Zero };

    [Fact]
    public async Task A_killed_writers_leftover_is_swept_and_a_live_writers_file_is_not()
    {
        await using var folder = new LocalFolder();
        var killed = WorkerProcess.Start();
        var alive = WorkerProcess.Start();
        await killed.AskAsync($"prepare {folder.Path}/a/killed create 1 300000", LocalFolder.Token);
        await alive.AskAsync($"prepare {folder.Path}/a/alive create 2 300000", LocalFolder.Token);
        await using var here = await folder.Files.OpenWriteAsync(folder.Path / "here", cancellationToken: LocalFolder.Token);
        Assert.Equal(0, (await folder.Files.SweepAbandonedAsync(folder.Path, Everything, LocalFolder.Token)).Removed);

        await killed.KillAsync();
        Assert.Equal(1, (await folder.Files.SweepAbandonedAsync(folder.Path, Everything, LocalFolder.Token)).Removed);
        Assert.Equal(0, (await folder.Files.SweepAbandonedAsync(folder.Path, Everything, LocalFolder.Token)).Removed);

        Assert.StartsWith("committed", await alive.AskAsync("commit", LocalFolder.Token), StringComparison.Ordinal);
        await here.CommitAsync(LocalFolder.Token);
        Assert.Equal(["a", "a/alive", "here"], folder.Names);
        Assert.Equal(Pattern.Of(2, 300_000), await folder.ReadAsync("a/alive"));
        await alive.DisposeAsync();
        await killed.DisposeAsync();
    }

    [Fact]
    public async Task A_leftover_younger_than_the_age_stays()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var folder = new LocalFolder(time: time);
        await using var killed = WorkerProcess.Start();
        await killed.AskAsync($"prepare {folder.Path}/a create 1 200000", LocalFolder.Token);
        await killed.KillAsync();

        time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(0, (await folder.Files.SweepAbandonedAsync(folder.Path, cancellationToken: LocalFolder.Token)).Removed);
        time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, (await folder.Files.SweepAbandonedAsync(folder.Path, cancellationToken: LocalFolder.Token)).Removed);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_sweep_takes_nothing_that_is_not_exactly_a_temporary_file()
    {
        await using var folder = new LocalFolder();
        string[] names = ["file", ".hidden", ".cairn-tmp", $".{new string('a', 31)}.cairn-tmp", $".{new string('g', 32)}.cairn-tmp", $"{new string('a', 32)}.cairn-tmp"];
        foreach (var name in names)
            await folder.WriteAsync(name, "x");
        Directory.CreateDirectory(Path.Combine(folder.Native, $".{new string('a', 32)}.cairn-tmp"));

        Assert.Equal(0, (await folder.Files.SweepAbandonedAsync(folder.Path, Everything, LocalFolder.Token)).Removed);
        Assert.Equal(names.Length + 1, folder.Names.Length);
        Assert.Equal(names.Length, (await folder.ListAsync()).Count);
    }

    [Fact]
    public async Task A_link_and_a_socket_of_such_a_name_are_neither_taken_nor_told()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere links need rights, or sockets shorter names.");
        await using var folder = new LocalFolder();
        await folder.WriteAsync("file", "x");
        File.CreateSymbolicLink(Path.Combine(folder.Native, $".{new string('a', 32)}.cairn-tmp"), Path.Combine(folder.Native, "file"));
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder.Native, $".{new string('b', 32)}.cairn-tmp")));

        var swept = await folder.Files.SweepAbandonedAsync(folder.Path, Everything, LocalFolder.Token);
        Assert.Equal(0, swept.Removed);
        Assert.Empty(swept.Failures);
        Assert.Equal(3, folder.Names.Length);
    }

    [Fact]
    public async Task What_cannot_be_removed_is_told_one_by_one()
    {
        await using var disk = await SmallDisk.MountAsync();
        await using var files = new LocalFileSystem();
        string[] leftovers = [$".{new string('a', 32)}.cairn-tmp", $".{new string('b', 32)}.cairn-tmp"];
        foreach (var name in leftovers)
            await File.WriteAllTextAsync(Path.Combine(disk.Native, name), "half a file", LocalFolder.Token);
        await disk.MakeReadOnlyAsync();

        var swept = await files.SweepAbandonedAsync(disk.Path, Everything, LocalFolder.Token);
        Assert.Equal(0, swept.Removed);
        Assert.All(swept.Failures, failure => Assert.Equal(FileSystemErrorCode.PermissionDenied, failure.Code));
        Assert.Equal(leftovers, swept.Failures.Select(failure => failure.Path?.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Sweeps_of_everything_never_meet_a_writer_that_commits()
    {
        await using var folder = new LocalFolder(new() { Durable = false });
        using var stop = new CancellationTokenSource();
        var sweeping = Task.Run(
            async () =>
            {
                var removed = 0;
                while (!stop.IsCancellationRequested)
                    removed += (await folder.Files.SweepAbandonedAsync(folder.Path, Everything, LocalFolder.Token)).Removed;
                return removed;
            },
            LocalFolder.Token);

        for (var round = 0; round < 1000; round++)
            await folder.WriteAsync("a", "x", WriteMode.Overwrite);

        await stop.CancelAsync();
        // What it removed, it removed in the moment between creation and lock; such a writer begins again.
        await sweeping;
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public async Task Sweeping_what_is_not_there_removes_nothing()
    {
        await using var folder = new LocalFolder();
        Assert.Equal(0, (await folder.Files.SweepAbandonedAsync(folder.Path / "no" / "such", Everything, LocalFolder.Token)).Removed);
    }
}
