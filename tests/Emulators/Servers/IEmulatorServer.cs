namespace Cairn.Emulators.Servers;

/// <summary>The server behind an endpoint: what the ways to come by one have in common.</summary>
internal interface IEmulatorServer : IAsyncDisposable
{
    bool IsExternal { get; }

    bool CanBeControlled { get; }

    bool KeepsDataWhenKilled { get; }

    IReadOnlyList<int> ProcessIds { get; }

    Task KillAsync();

    Task RestartAsync(CancellationToken cancellationToken);

    Task PauseAsync();

    Task ResumeAsync();
}
