using System.Text;
using Cairn.Cli.CommandLine;

namespace Cairn.Cli.Tests.Running;

/// <summary>What a run of the tool left.</summary>
internal sealed record ToolResult(int ExitCode, byte[] Bytes, string Error)
{
    public string Out => Encoding.UTF8.GetString(Bytes);

    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The result, when it was done without a word on the error stream.</summary>
    public ToolResult Done()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {Error}{Out}");
        return this;
    }

    /// <summary>The one line that tells what failed.</summary>
    public string Failed(int exitCode = 1)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}, not {exitCode}: {Error}{Out}");
        var line = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("cairn: ", line, StringComparison.Ordinal);
        return line;
    }
}

/// <summary>
/// Runs the tool: in this process, or, with <c>CAIRN_CLI_BINARY</c> set, as the program of that path (the one that Native AOT made), so that the same
/// tests hold for both.
/// </summary>
internal static class Tool
{
    /// <summary>The program to test instead of the code in this process; null for that.</summary>
    public static string? Binary { get; } = Environment.GetEnvironmentVariable("CAIRN_CLI_BINARY") is { Length: > 0 } path ? path : null;

    public static Task<ToolResult> RunAsync(params string[] args) => RunAsync(new Surroundings(), args);

    public static Task<ToolResult> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] args) =>
        RunAsync(new Surroundings { Environment = environment }, args);

    public static Task<ToolResult> RunAsync(Surroundings surroundings, params string[] args) =>
        Binary is not null && !surroundings.IsTerminal ? ToolProcess.RunAsync(surroundings, args) : RunHereAsync(surroundings, args);

    private static async Task<ToolResult> RunHereAsync(Surroundings surroundings, string[] args)
    {
        var (output, error) = (new MemoryStream(), new MemoryStream());
        var host = new CliHost
        {
            Input = new MemoryStream(surroundings.Input),
            Output = output,
            Error = error,
            Environment = surroundings.Environment,
            WorkingDirectory = surroundings.WorkingDirectory,
            OutputIsTerminal = surroundings.IsTerminal,
            ErrorIsTerminal = surroundings.IsTerminal,
            Width = surroundings.Width,
        };
        var exitCode = await new CairnCommandLine(host).InvokeAsync(args, TestContext.Current.CancellationToken);
        return new ToolResult(exitCode, output.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
    }
}

/// <summary>What the tool finds around it.</summary>
internal sealed record Surroundings
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public byte[] Input { get; init; } = [];

    /// <summary>Whether a person looks; then the tool runs in this process, whatever <see cref="Tool.Binary"/> says.</summary>
    public bool IsTerminal { get; init; }

    public int Width { get; init; } = 80;

    /// <summary>A folder without a <c>cairn.json</c> unless a test puts one there.</summary>
    public string WorkingDirectory { get; init; } = Path.GetTempPath();
}
