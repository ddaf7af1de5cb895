namespace Cairn.FileSystems.Drivers;

/// <summary>
/// A token for a request that was sent and is not given up at once: it is cancelled a while after the caller's, and when the request takes longer than it may.
/// One whose request ended before its token did can be started again: a small file costs no timer of its own.
/// </summary>
internal sealed class GracePeriod(RetryPolicy retries) : IDisposable
{
    private readonly CancellationTokenSource _late = new(Timeout.InfiniteTimeSpan, retries.Time);
    private CancellationTokenRegistration _registration;

    public CancellationToken Token => _late.Token;

    public GracePeriod Start(TimeSpan timeout, CancellationToken cancellationToken)
    {
        _late.CancelAfter(timeout);
        _registration = cancellationToken.UnsafeRegister(static grace => ((GracePeriod)grace!).EndSoon(), this);
        return this;
    }

    /// <summary>Ends it; whether it may be started again. It may not when its token was cancelled, or when the clock is not the system's.</summary>
    public bool TryReset()
    {
        _registration.Dispose();
        return _late.TryReset();
    }

    public void Dispose()
    {
        _registration.Dispose();
        _late.Dispose();
    }

    private void EndSoon() => _late.CancelAfter(retries.Options.CommitGrace);
}
