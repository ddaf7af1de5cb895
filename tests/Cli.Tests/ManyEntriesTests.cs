using System.Globalization;
using System.Text;
using Cairn.Cli.Tests.Running;
using Cairn.Cli.Tests.Stores;
using Cairn.Emulators;

namespace Cairn.Cli.Tests;

/// <summary>
/// Directories of very many files, in a heap that holds a part of their names only: whatever grows with the number of files ends with an error.
/// <c>CAIRN_FULL=1</c> makes it 100,000 and writes <c>docs/reports/cli-many-entries-*.md</c>.
/// </summary>
public sealed class ManyEntriesTests
{
    private const string Job = "6f0c1a2b3c4d5e6f708192a3b4c5d6e7";
    private const int Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData("file", 10_000, 32)]
    [InlineData("s3", 2_000, 48)]
    public async Task Every_command_that_lists_takes_memory_that_does_not_grow(string name, int count, int heap)
    {
        count = Effort.Of(quick: count, full: 100_000);
        await using var store = await TestStore.OpenAsync(name);
        using var copies = new TestFolder();
        var directory = $"checkpoints/{Job}/shared";
        await Parallel.ForAsync(0, count, TestContext.Current.CancellationToken, async (i, _) => await store.WriteAsync($"{directory}/a-file-with-a-name-of-some-length-{i:d8}", "1"));
        var (files, root) = ($"{store.Root}/{directory}", $"{store.Root}/checkpoints");
        var seen = new StringBuilder();

        foreach (var (command, lines, says) in new (string[], int, string)[]
        {
            (["ls", "-r", "-l", files], count, $"{count - 1:d8}"),
            (["ls", "--json", files], 6 * count, "\"entries\": ["),
            (["du", files], 1, $"{count:N0} files"),
            (["rm", "-r", "--dry-run", files], count + 1, $"{count:N0} files"),
            (["cp", "-r", files, copies.Path], 1, $"{count:N0} files copied"),
            (["cp", "-r", files, copies.Path], 1, $"{count:N0} already there"),
            (["rm", "-r", files], 1, $"{count:N0} files deleted"),
            (["cp", "-r", copies.Path, files], 1, $"{count:N0} files copied"),
            (["orphans", root, "--older-than", "0s"], count + 1, $"{count:N0} orphans"),
            (["orphans", root, "--older-than", "0s", "--delete", "--json"], 5 * count, $"\"deleted\": {count},"),
        })
        {
            // orphans holds 20,000 files at a time.
            var limit = command[0] is "orphans" ? 2 * heap : heap;
            var (result, peak) = await RunAsync(store, limit, command);
            Assert.True(result.Lines.Length >= lines, $"{command[0]}: {result.Lines.Length} lines");
            Assert.Contains(says, result.Out, StringComparison.Ordinal);
            seen.AppendLine(CultureInfo.InvariantCulture, $"| `{string.Join(' ', command).Replace($"{store.Root}", "URI", StringComparison.Ordinal).Replace(copies.Path, "FOLDER", StringComparison.Ordinal)}` | {count:N0} | {limit} MiB | {peak / Mebibyte} MiB |");
        }
        Assert.Empty(await store.FilesAsync());
        await Effort.ReportAsync($"cli-many-entries-{name}.md", "`cairn` with very many files, in little memory", await ServerAsync(name), $"""
            The heap's hard limit is what .NET may take for objects at most; the peak is the resident memory of the whole process, with its code{(Tool.Binary is null ? "" : " (the program of Native AOT)")}.

            | `cairn` | Files | Heap limit | Peak |
            |---|--:|--:|--:|
            {seen}
            """);
    }

    private static async Task<string> ServerAsync(string name) => name == "file" ? "a local disk" : (await S3Endpoint.GetSharedAsync(TestContext.Current.CancellationToken)).Description.Split(" at ")[0];

    private static async Task<(ToolResult Result, long Peak)> RunAsync(TestStore store, int heap, string[] command)
    {
        // Without 0x, which the runtime of Native AOT takes for the number's end.
        var environment = new Dictionary<string, string>(store.Environment) { ["DOTNET_GCHeapHardLimit"] = $"{heap * Mebibyte:x}" };
        using var process = ToolProcess.Start(new Surroundings { Environment = environment }, command);
        var peak = process.WatchMemoryAsync();
        var result = await process.EndAsync();
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', command)} ended with {result.ExitCode}: {result.Error}");
        return (result, await peak);
    }
}
