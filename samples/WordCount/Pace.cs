namespace Cairn.Samples.WordCount;

/// <summary>Spreads the counting of the whole text over a time, so that there is something to see.</summary>
internal sealed class Pace(TimeSpan whole, double alreadyDone, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Whether a task that has done this share of its text is to wait.</summary>
    public bool IsAhead(double done) => whole > TimeSpan.Zero && done > alreadyDone + (time.GetElapsedTime(_start) / whole);

    public Task WaitAsync(CancellationToken cancellationToken) =>
        whole > TimeSpan.Zero ? Task.Delay(TimeSpan.FromMilliseconds(100), time, cancellationToken) : Task.CompletedTask;
}
