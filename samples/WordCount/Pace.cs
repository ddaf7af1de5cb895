namespace Cairn.Samples.WordCount;

/// <summary>Spreads the counting of the whole text over a time, so that there is something to see.</summary>
internal sealed class Pace(TimeSpan whole, double alreadyDone, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly long _start = time.GetTimestamp();

    /// <summary>Waits a moment when <paramref name="done"/>, the share of a task's text that it has counted, is ahead of the time.</summary>
    public ValueTask WaitIfAheadAsync(double done, CancellationToken cancellationToken) =>
        whole > TimeSpan.Zero && done > alreadyDone + (time.GetElapsedTime(_start) / whole) ? new(Task.Delay(Pause, time, cancellationToken)) : default;
}
