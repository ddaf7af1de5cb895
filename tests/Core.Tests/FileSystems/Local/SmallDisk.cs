using System.ComponentModel;
using System.Diagnostics;
using Cairn.FileSystems;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>A disk of one megabyte, in memory; skips the test where none can be mounted.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string native) => Native = native;

    public string Native { get; }

    public StoragePath Path => StoragePath.FromLocal(Native);

    public static async Task<SmallDisk> MountAsync()
    {
        var folder = Directory.CreateTempSubdirectory("cairn-disk-").FullName;
        if (await Commands.TryRunAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) is { } failure)
        {
            Directory.Delete(folder);
            Assert.Skip($"no disk can be mounted here: {failure}");
        }
        return new SmallDisk(folder);
    }

    public async Task MakeReadOnlyAsync() => Assert.Null(await Commands.TryRunAsync("mount", "-o", "remount,ro", Native));

    public async ValueTask DisposeAsync()
    {
        Assert.Null(await Commands.TryRunAsync("umount", Native));
        Directory.Delete(Native);
    }
}

/// <summary>Programs that a test needs beside it.</summary>
internal static class Commands
{
    /// <summary>Runs a program; null when it succeeded, else why not.</summary>
    public static async Task<string?> TryRunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return process.ExitCode == 0 ? null : $"{program}: {error.Trim()}";
        }
        catch (Win32Exception)
        {
            return $"{program} is not installed";
        }
    }
}
