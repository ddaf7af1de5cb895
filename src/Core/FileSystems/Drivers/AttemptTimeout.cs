namespace Cairn.FileSystems.Drivers;

/// <summary>A token that is cancelled with the caller's, or when one attempt takes longer than it may. Reusable for one wait after the other.</summary>
internal sealed class AttemptTimeout(TimeProvider time, CancellationToken cancellationToken) : IDisposable
{
    private readonly CancellationTokenSource _source = new(Timeout.InfiniteTimeSpan, time);
    private CancellationTokenRegistration _registration;

    public CancellationToken Token => _source.Token;

    /// <summary>From now on it takes no longer than this.</summary>
    public AttemptTimeout Start(TimeSpan timeout)
    {
        _registration = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _source.CancelAfter(timeout);
        return this;
    }

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
