namespace Cairn.Emulators.Servers;

/// <summary>Starts an endpoint when it is first asked for and gives the same one, or the same failure, to everyone who asks.</summary>
internal sealed class SharedEndpoint<TEndpoint>(Func<CancellationToken, Task<TEndpoint>> start, Func<TEndpoint, TEndpoint> share)
    where TEndpoint : EmulatorEndpoint
{
    private readonly Lazy<Task<TEndpoint>> _endpoint = new(async () => share(await start(CancellationToken.None)));

    // The start is nobody's own: a caller who gives up must not take it away from the others.
    public Task<TEndpoint> GetAsync(CancellationToken cancellationToken) => _endpoint.Value.WaitAsync(cancellationToken);
}
