using Cairn.Emulators.Servers;

namespace Cairn.Emulators;

/// <summary>
/// A server that a test talks to. Disposing it stops the server and removes its data, where this process started it; a process that
/// ends in any way, SIGKILL included, takes its servers with it. Members may be called from any thread, but one at a time.
/// </summary>
public abstract class EmulatorEndpoint : IAsyncDisposable
{
    private protected EmulatorEndpoint(IEmulatorServer server, string description)
    {
        Server = server;
        Description = description;
    }

    /// <summary>Which server this is, with its version and how it was come by; for people.</summary>
    public string Description { get; }

    /// <summary>Whether the server was named in the environment, and goes on, with all that is written to it, when this process has ended.</summary>
    public bool IsExternal => Server.IsExternal;

    /// <summary>Whether the server may be killed, paused and restarted; otherwise these methods throw.</summary>
    public bool CanBeControlled => Server.CanBeControlled;

    /// <summary>Whether everything that was acknowledged is still there after <see cref="KillAsync"/> and <see cref="RestartAsync"/>.</summary>
    public bool KeepsDataWhenKilled => Server.KeepsDataWhenKilled;

    /// <summary>The ids of the processes that were started on this machine for the endpoint; empty when it is elsewhere.</summary>
    public IReadOnlyList<int> ProcessIds => Server.ProcessIds;

    internal IEmulatorServer Server { get; }

    /// <summary>Ends the server that takes the requests as if its machine had failed (SIGKILL). It stays down until <see cref="RestartAsync"/>.</summary>
    /// <exception cref="NotSupportedException">The server cannot be controlled.</exception>
    public Task KillAsync() => Server.KillAsync();

    /// <summary>Kills the server if it runs, starts it again at the same address and waits until it answers, for at most a minute.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="NotSupportedException">The server cannot be controlled.</exception>
    /// <exception cref="EmulatorStartException">It did not come back.</exception>
    public Task RestartAsync(CancellationToken cancellationToken = default) => Server.RestartAsync(cancellationToken);

    /// <summary>Freezes the server (SIGSTOP): connections are still accepted by the kernel, answers do not come.</summary>
    /// <exception cref="NotSupportedException">The server cannot be controlled.</exception>
    public Task PauseAsync() => Server.PauseAsync();

    /// <summary>Lets a frozen server go on (SIGCONT).</summary>
    /// <exception cref="NotSupportedException">The server cannot be controlled.</exception>
    public Task ResumeAsync() => Server.ResumeAsync();

    /// <summary>Stops the server and removes its data. Nothing happens to a server that this process did not start, nor to a shared one.</summary>
    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    public override string ToString() => Description;
}
