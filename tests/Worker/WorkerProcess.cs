using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cairn.Worker;

/// <summary>The test's end of a worker process. It answers one command after the other; several workers answer at once.</summary>
public sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private bool _disposed;

    private WorkerProcess(Process process) => _process = process;

    /// <summary>Starts one, through <paramref name="launcher"/> (a program and its arguments, such as <c>strace -f</c>) if one is given.</summary>
    /// <exception cref="Win32Exception">The launcher is not there.</exception>
    public static WorkerProcess Start(params string[] launcher) => StartProgram([.. launcher, Path.Combine(AppContext.BaseDirectory, "Cairn.Worker")]);

    /// <summary>Starts another program that answers lines with lines.</summary>
    /// <param name="command">The program and its arguments.</param>
    public static WorkerProcess StartProgram(params string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>Starts several.</summary>
    public static IReadOnlyList<WorkerProcess> StartMany(int count) => [.. Enumerable.Range(0, count).Select(_ => Start())];

    /// <summary>Has a command done and returns the answer.</summary>
    /// <exception cref="InvalidOperationException">The process ended instead of answering.</exception>
    public async Task<string> AskAsync(string command, CancellationToken cancellationToken = default)
    {
        await _process.StandardInput.WriteLineAsync(command.AsMemory(), cancellationToken);
        await _process.StandardInput.FlushAsync(cancellationToken);
        return await _process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new InvalidOperationException($"The worker ended instead of answering '{command}'.");
    }

    /// <summary>The process, for signals.</summary>
    public int Id => _process.Id;

    /// <summary>Kills it as a power failure would (SIGKILL) and waits for its end.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends its input, on which it ends; kills it when it does not, for it may be stopped or stuck.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
        }
        _process.Dispose();
    }
}
