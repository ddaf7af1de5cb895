using System.Diagnostics;
using Cairn.Cli.Tests.Running;
using Cairn.Cli.Tests.Stores;

namespace Cairn.Cli.Tests;

/// <summary>The tool as a process that somebody stops, or stops listening to.</summary>
public sealed class InterruptionTests
{
    [Theory]
    [InlineData("file")]
    [InlineData("s3")]
    [InlineData("azure")]
    public async Task Ctrl_C_stops_a_write_and_leaves_nothing_visible(string name)
    {
        await using var store = await TestStore.OpenAsync(name);
        using var process = ToolProcess.Start(new Surroundings { Environment = store.Environment }, "put", "-", $"{store.Root}/half");
        await process.Input.WriteAsync(new byte[20 * 1024 * 1024], TestContext.Current.CancellationToken);
        await process.Input.FlushAsync(TestContext.Current.CancellationToken);

        process.PressControlC();
        var result = await process.EndAsync();

        Assert.Contains("Stopped", result.Failed(), StringComparison.Ordinal);
        Assert.Empty(await store.FilesAsync());
    }

    [Fact]
    public async Task A_reader_that_goes_away_early_is_no_error()
    {
        using var folder = new TestFolder();
        for (var i = 0; i < 3000; i++)
            folder.Write($"file-{i}", "");
        var tool = Tool.Binary ?? $"dotnet {Path.Combine(AppContext.BaseDirectory, "cairn.dll")}";
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"set -o pipefail; {tool} ls {folder.Path} | head -n 1"]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;

        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(error);
    }
}
