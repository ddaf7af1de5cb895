using Cairn.Emulators.Servers;

namespace Cairn.Emulators.Native;

/// <summary>A server process on this machine that answers HTTP at one address, with whatever else its supervisor runs for it.</summary>
internal sealed class NativeServer(Supervisor supervisor, PortClaim port, string name, ShellCommand command) : IEmulatorServer
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private SupervisedProcess? _process;

    public bool CanBeControlled => true;

    public required bool KeepsDataWhenKilled { get; init; }

    /// <summary>The processes that stand behind the one that answers and are left alone when it is killed.</summary>
    public IReadOnlyList<SupervisedProcess> Backing { get; init; } = [];

    public IReadOnlyList<int> ProcessIds =>
        [supervisor.ProcessId, .. Backing.Select(static process => process.Id), .. _process is null ? [] : new[] { _process.Id }];

    public Uri Address { get; } = new($"http://127.0.0.1:{port.Port}");

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await KillAsync();
        _process = await supervisor.SpawnAsync(name, command);
        await WaitUntilReadyAsync(_process, cancellationToken);
    }

    public async Task KillAsync()
    {
        if (_process is null) return;
        await supervisor.SignalAsync(_process, "KILL");
        await supervisor.WaitAsync(_process);
        _process = null;
    }

    public Task PauseAsync() => supervisor.SignalAsync(Running(), "STOP");

    public Task ResumeAsync() => supervisor.SignalAsync(Running(), "CONT");

    public async ValueTask DisposeAsync()
    {
        await supervisor.DisposeAsync();
        port.Dispose();
    }

    private SupervisedProcess Running() => _process ?? throw new InvalidOperationException($"{name} was killed and not restarted");

    private async Task WaitUntilReadyAsync(SupervisedProcess process, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartPatience);
        try
        {
            while (!await HttpProbe.AnswersAsync(Address, patience.Token))
            {
                ThrowIfEnded(process);
                await Task.Delay(PollInterval, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EmulatorStartException($"{name} did not answer within {StartPatience.TotalSeconds} s: {supervisor.TailOf(name)}");
        }

        // An answer counts only if it was ours: had a stranger taken the port, our process would have ended at once.
        ThrowIfEnded(process);
    }

    private void ThrowIfEnded(SupervisedProcess process)
    {
        if (process.HasEnded) throw new EmulatorStartException($"{name} ended before it answered: {supervisor.TailOf(name)}");
    }
}
