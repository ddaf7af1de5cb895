using System.Globalization;
using Cairn.Emulators.Native;

namespace Cairn.Emulators.Supervision;

/// <summary>
/// Starts the processes of one endpoint and owns their folder. All of it hangs on a small shell that reads from a pipe which only this
/// process writes to: when this process is gone, even killed, the pipe ends, and the shell ends the servers and removes the folder.
/// The shell is on this machine or in a container, which ends with it.
/// </summary>
internal sealed class Supervisor : IAsyncDisposable
{
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30);

    private readonly ISupervisorLine _line;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _disposed;

    private Supervisor(string folder, ISupervisorLine line)
    {
        Folder = folder;
        _line = line;
    }

    /// <summary>Where the processes keep their files; removed at the end.</summary>
    public string Folder { get; }

    /// <summary>The shell's process id; null where it is not on this machine.</summary>
    public int? ProcessId => _line.ProcessId;

    /// <summary>The process that was started last, where a start that takes too long has got to. Its output is not told: it may hold keys.</summary>
    public string? Latest { get; private set; }

    /// <param name="folder">A folder that does not exist: the shell makes it, so that nothing can be left behind before there is a shell.</param>
    /// <param name="line">The shell; owned by the supervisor from now on.</param>
    public static async Task<Supervisor> OpenAsync(string folder, ISupervisorLine line)
    {
        var supervisor = new Supervisor(folder, line);
        try
        {
            await supervisor.AskAsync("hello");
            return supervisor;
        }
        catch
        {
            await supervisor.DisposeAsync();
            throw;
        }
    }

    /// <summary>The shell's script, whose comment is the protocol.</summary>
    public static Task<string> ReadScriptAsync() => EmbeddedFile.ReadAsync("supervisor.sh");

    public Task MakeFolderAsync(string name) => AskAsync($"mkdir {name}");

    public Task WriteAsync(string name, string text)
    {
        var end = NewEnd();
        return AskAsync($"write {name} {end}\n{text.TrimEnd('\n')}\n{end}");
    }

    /// <summary>Starts a process that goes on; its output is appended to <c>NAME.out</c> in the folder.</summary>
    public async Task<SupervisedProcess> SpawnAsync(string name, ShellCommand command)
    {
        Latest = name;
        await WriteAsync($"{name}.sh", command.ToScript());
        return new SupervisedProcess(name, Number(await AskAsync($"start {name}")));
    }

    /// <summary>Runs a process to its end and returns the last lines of its output.</summary>
    /// <exception cref="EmulatorStartException">Its exit code was not 0.</exception>
    public async Task<string> RunAsync(string name, ShellCommand command, CancellationToken cancellationToken)
    {
        var process = await SpawnAsync(name, command);
        for (var pause = new PollPause(); !await HasEndedAsync(process);) await pause.WaitAsync(cancellationToken);
        var exitCode = await WaitAsync(process);
        var output = await TailAsync(name);
        return exitCode == 0 ? output : throw new EmulatorStartException($"{command.Program} ended with exit code {exitCode}: {output}");
    }

    /// <summary>Whether a process has ended and only waits to be waited for.</summary>
    public async Task<bool> HasEndedAsync(SupervisedProcess process) => await AskAsync($"ended {process.Id}") == "yes";

    public Task SignalAsync(SupervisedProcess process, string signal) => AskAsync($"signal {signal} {process.Id}");

    /// <summary>Takes the exit code of a process that has ended or is about to; its id is free afterwards.</summary>
    public async Task<int> WaitAsync(SupervisedProcess process) => Number(await AskAsync($"wait {process.Id}"));

    /// <summary>The last lines of a process's output.</summary>
    public async Task<string> TailAsync(string name)
    {
        var end = NewEnd();
        return (await AskAsync($"tail {name} {end}", end)).TrimEnd('\n');
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        await _line.DisposeAsync();
        _turn.Dispose();
    }

    private static string NewEnd() => $"end-{Guid.NewGuid():N}";

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    // Not cancellable: a question whose answer was not read would give the next one a wrong answer.
    private async Task<string> AskAsync(string question, string? end = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        await _turn.WaitAsync();
        try
        {
            await _line.WriteLineAsync(question);
            return end is null ? await ReadLineAsync(question) : await ReadUpToAsync(end, question);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<string> ReadUpToAsync(string end, string question)
    {
        var lines = new List<string>();
        for (var line = await ReadLineAsync(question); line != end; line = await ReadLineAsync(question)) lines.Add(line);
        return string.Join('\n', lines);
    }

    private async Task<string> ReadLineAsync(string question)
    {
        try
        {
            return await _line.ReadLineAsync().WaitAsync(AnswerPatience)
                ?? throw new EmulatorStartException($"The supervising shell of {Folder} has ended; it was asked {question}");
        }
        catch (TimeoutException problem)
        {
            throw new EmulatorStartException($"The supervising shell of {Folder} did not answer within {AnswerPatience.TotalSeconds} s; it was asked {question}", problem);
        }
    }
}
