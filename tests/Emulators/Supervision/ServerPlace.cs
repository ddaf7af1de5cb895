namespace Cairn.Emulators.Supervision;

/// <summary>Where a server is to run: on this machine, or in a container.</summary>
/// <param name="supervisor">Who runs it.</param>
/// <param name="claims">What is to be given back at the end.</param>
internal sealed class ServerPlace(Supervisor supervisor, params IDisposable[] claims) : IAsyncDisposable
{
    public Supervisor Supervisor => supervisor;

    /// <summary>What kind of place this is; for people.</summary>
    public required string Kind { get; init; }

    /// <summary>The address by which this process reaches the server.</summary>
    public required Uri Address { get; init; }

    /// <summary>The interface that the server has to listen on.</summary>
    public required string Host { get; init; }

    /// <summary>The port that the server has to listen on.</summary>
    public required int Port { get; init; }

    /// <summary>A port for what stands behind the server; on the loopback interface.</summary>
    public required int BackingPort { get; init; }

    public async ValueTask DisposeAsync()
    {
        await supervisor.DisposeAsync();
        foreach (var claim in claims) claim.Dispose();
    }
}
