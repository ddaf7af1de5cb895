using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.WordCount.Tests;

/// <summary>The sample as a process: its lines of JSON as they come, and how it ended.</summary>
internal sealed partial class JobProcess : IDisposable
{
    /// <summary>The exit code of a process that SIGKILL ended.</summary>
    public const int Killed = 128 + 9;

    /// <summary>The exit code of a job that was told to stop.</summary>
    public const int Stopped = 143;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly Task<string> _errors;
    private readonly List<string> _output = [];

    private JobProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Starts it with what <paramref name="setup"/> says.</summary>
    public static JobProcess Start(JobSetup setup)
    {
        // A shell that runs the tests in the background makes its children deaf to SIGINT.
        string[] command = ["env", "--default-signal=INT", Path.Combine(AppContext.BaseDirectory, "WordCount"), .. setup.Arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            WorkingDirectory = setup.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("Cairn__", StringComparison.OrdinalIgnoreCase) || n.StartsWith("WordCount__", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in setup.Environment)
            start.Environment[name] = value;
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new JobProcess(Process.Start(start)!);
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<JobEnding> RunAsync(JobSetup setup)
    {
        using var process = Start(setup);
        return await process.EndAsync();
    }

    /// <summary>Waits until it has printed <paramref name="count"/> lines about checkpoints, or has ended before.</summary>
    public async Task WaitForCheckpointsAsync(int count)
    {
        while (count > 0 && await ReadLineAsync() is { } line)
            count -= JobLine.Parse(line).IsCheckpoint ? 1 : 0;
    }

    /// <summary>Waits until it has printed such a line, or has ended before.</summary>
    public async Task WaitForLineAsync(Func<string, bool> isIt)
    {
        while (await ReadLineAsync() is { } line && !isIt(line))
        {
        }
    }

    /// <summary>Kills it, as <c>kill -9</c> does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends it a signal.</summary>
    public void Signal(int signal) => _ = SendSignal(_process.Id, signal);

    /// <summary>Waits for its end.</summary>
    public async Task<JobEnding> EndAsync()
    {
        await WaitForLineAsync(_ => false);
        using var patience = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(patience.Token);
        return new JobEnding(_process.ExitCode, _output, await _errors);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }

    private async Task<string?> ReadLineAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var line = await _process.StandardOutput.ReadLineAsync(patience.Token);
        if (line is not null)
            _output.Add(line);
        return line;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);
}
