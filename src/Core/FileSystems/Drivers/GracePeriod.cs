namespace Cairn.FileSystems.Drivers;

/// <summary>A token that is cancelled a while after the caller's: a request that was sent is not given up at once, only waited for a bounded time.</summary>
internal sealed class GracePeriod : IDisposable
{
    private readonly CancellationTokenSource _late;
    private readonly CancellationTokenRegistration _registration;

    public GracePeriod(RetryPolicy retries, CancellationToken cancellationToken)
    {
        _late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, retries.Time);
        _registration = cancellationToken.Register(() => _late.CancelAfter(retries.Options.CommitGrace));
    }

    public CancellationToken Token => _late.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _late.Dispose();
    }
}
