namespace Cairn.Emulators.Servers;

/// <summary>A server that goes its own way: nothing here starts, stops or disturbs it.</summary>
internal abstract class UncontrolledServer : IEmulatorServer
{
    public abstract bool IsExternal { get; }

    public bool CanBeControlled => false;

    public virtual bool KeepsDataWhenKilled => false;

    public virtual IReadOnlyList<int> ProcessIds => [];

    protected abstract string Why { get; }

    public Task KillAsync() => throw Refusal();

    public Task RestartAsync(CancellationToken cancellationToken) => throw Refusal();

    public Task PauseAsync() => throw Refusal();

    public Task ResumeAsync() => throw Refusal();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private NotSupportedException Refusal() => new(Why);
}
