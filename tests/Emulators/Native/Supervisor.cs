using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace Cairn.Emulators.Native;

/// <summary>
/// Starts the processes of one endpoint and owns their folder. All of it hangs on a small shell that reads from a pipe which only this
/// process writes to: when this process is gone, even killed, the pipe ends, and the shell ends the servers and removes the folder.
/// </summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly Process _shell;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _disposed;

    private Supervisor(string folder, Process shell)
    {
        Folder = folder;
        _shell = shell;
    }

    /// <summary>Where the processes keep their files; removed at the end.</summary>
    public string Folder { get; }

    public int ProcessId => _shell.Id;

    /// <summary>Whether processes can be supervised on this machine: what they are is read from /proc.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <param name="folder">A folder that does not exist: the shell makes it, so that nothing can be left behind before there is a shell.</param>
    public static async Task<Supervisor> StartAsync(string folder)
    {
        // A session of its own: Ctrl-C in a terminal, or a kill of the whole group, must not end it before it has cleaned up.
        var start = new ProcessStartInfo("setsid", ["sh", "-c", await EmbeddedFile.ReadAsync("supervisor.sh"), "supervisor.sh", folder])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var shell = Process.Start(start) ?? throw new EmulatorStartException("The supervising shell could not be started");
        var supervisor = new Supervisor(folder, shell);
        await supervisor.ReadLineAsync("to start");
        return supervisor;
    }

    /// <summary>Starts a process that goes on; its output is appended to <c>NAME.out</c> in the folder.</summary>
    public async Task<SupervisedProcess> SpawnAsync(string name, ShellCommand command)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, $"{name}.sh"), command.ToScript());
        var id = await AskAsync($"start {name}");
        return new SupervisedProcess(name, int.Parse(id, CultureInfo.InvariantCulture));
    }

    /// <summary>Runs a process to its end and returns its output.</summary>
    /// <exception cref="EmulatorStartException">Its exit code was not 0.</exception>
    public async Task<string> RunAsync(string name, ShellCommand command, CancellationToken cancellationToken)
    {
        var process = await SpawnAsync(name, command);
        while (!process.HasEnded) await Task.Delay(PollInterval, cancellationToken);
        var exitCode = await WaitAsync(process);
        return exitCode == 0
            ? await File.ReadAllTextAsync(OutputOf(name), cancellationToken)
            : throw new EmulatorStartException($"{command.Program} ended with exit code {exitCode}: {TailOf(name)}");
    }

    public Task SignalAsync(SupervisedProcess process, string signal) => AskAsync($"signal {signal} {process.Id}");

    /// <summary>Takes the exit code of a process that has ended or is about to; its id is free afterwards.</summary>
    public async Task<int> WaitAsync(SupervisedProcess process) =>
        int.Parse(await AskAsync($"wait {process.Id}"), CultureInfo.InvariantCulture);

    /// <summary>The end of a process's output, for messages.</summary>
    public string TailOf(string name)
    {
        const int lines = 12;
        var output = OutputOf(name);
        return File.Exists(output) ? string.Join(Environment.NewLine, File.ReadLines(output).TakeLast(lines)) : "(no output)";
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync().WaitAsync(AnswerPatience);
        _shell.Dispose();
        _turn.Dispose();
    }

    private string OutputOf(string name) => Path.Combine(Folder, $"{name}.out");

    // Not cancellable: a question whose answer was not read would give the next one a wrong answer.
    private async Task<string> AskAsync(string question)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _turn.WaitAsync();
        try
        {
            await _shell.StandardInput.WriteLineAsync(question);
            return await ReadLineAsync(question);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string> ReadLineAsync(string question) =>
        await _shell.StandardOutput.ReadLineAsync().WaitAsync(AnswerPatience)
        ?? throw new EmulatorStartException($"The supervising shell of {Folder} has ended; it was asked {question}");
}
