namespace Cairn.FileSystems.Drivers;

/// <summary>The attempts of one operation: how many failed, and since when it goes on.</summary>
internal sealed class RetryAttempts(RetryPolicy policy)
{
    private readonly long _started = policy.Time.GetTimestamp();
    private int _failures;

    /// <summary>Counts a failure; whether another attempt may follow it.</summary>
    public bool MayGoOn() => ++_failures < policy.Options.Attempts && policy.Time.GetElapsedTime(_started) < policy.Options.Budget;

    /// <summary>Waits as long as the failures so far ask for.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => Task.Delay(policy.DelayAfter(_failures), policy.Time, cancellationToken);
}
