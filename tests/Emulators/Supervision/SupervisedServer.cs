using Cairn.Emulators.Servers;

namespace Cairn.Emulators.Supervision;

/// <summary>A server process that answers HTTP at one address, with whatever else its supervisor runs for it.</summary>
internal sealed class SupervisedServer(ServerPlace place, string name, ShellCommand command) : IEmulatorServer
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly Supervisor _supervisor = place.Supervisor;
    private SupervisedProcess? _process;

    public bool IsExternal => false;

    public bool CanBeControlled => true;

    public required bool KeepsDataWhenKilled { get; init; }

    /// <summary>The processes that stand behind the one that answers and are left alone when it is killed.</summary>
    public IReadOnlyList<SupervisedProcess> Backing { get; init; } = [];

    public IReadOnlyList<int> ProcessIds => _supervisor.ProcessId is { } supervisor
        ? [supervisor, .. Backing.Select(static process => process.Id), .. _process is null ? [] : new[] { _process.Id }]
        : [];

    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await KillAsync();
        _process = await _supervisor.SpawnAsync(name, command);
        await WaitUntilReadyAsync(_process, cancellationToken);
    }

    public async Task KillAsync()
    {
        if (_process is null) return;
        await _supervisor.SignalAsync(_process, "KILL");
        await _supervisor.WaitAsync(_process);
        _process = null;
    }

    public Task PauseAsync() => _supervisor.SignalAsync(Running(), "STOP");

    public Task ResumeAsync() => _supervisor.SignalAsync(Running(), "CONT");

    public ValueTask DisposeAsync() => place.DisposeAsync();

    private SupervisedProcess Running() => _process ?? throw new InvalidOperationException($"{name} was killed and not restarted");

    private async Task WaitUntilReadyAsync(SupervisedProcess process, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartPatience);
        try
        {
            for (var pause = new PollPause(); !await HttpProbe.AnswersAsync(place.Address, patience.Token); await pause.WaitAsync(patience.Token))
                await ThrowIfEndedAsync(process);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EmulatorStartException($"{name} did not answer within {StartPatience.TotalSeconds} s: {await _supervisor.TailAsync(name)}");
        }

        // An answer counts only if it was ours: had a stranger taken the port, our process would have ended at once.
        await ThrowIfEndedAsync(process);
    }

    private async Task ThrowIfEndedAsync(SupervisedProcess process)
    {
        if (!await _supervisor.HasEndedAsync(process)) return;
        throw new EmulatorStartException($"{name} ended before it answered: {await _supervisor.TailAsync(name)}");
    }
}
