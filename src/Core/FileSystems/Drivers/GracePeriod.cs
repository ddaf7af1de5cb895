namespace Cairn.FileSystems.Drivers;

/// <summary>
/// A token for a request that was sent and is not given up at once: it is cancelled a while after the caller's, and when the request takes longer than it may.
/// </summary>
internal sealed class GracePeriod : IDisposable
{
    private readonly RetryPolicy _retries;
    private readonly CancellationTokenSource _late;
    private readonly CancellationTokenRegistration _registration;

    public GracePeriod(RetryPolicy retries, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _retries = retries;
        _late = new CancellationTokenSource(timeout, retries.Time);
        _registration = cancellationToken.Register(static state => ((GracePeriod)state!).EndSoon(), this);
    }

    public CancellationToken Token => _late.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _late.Dispose();
    }

    private void EndSoon() => _late.CancelAfter(_retries.Options.CommitGrace);
}
