namespace Cairn.Checkpoints.Coordination;

/// <summary>When the next checkpoint is due. Thread safe.</summary>
internal sealed class CheckpointInterval
{
    private readonly TimeProvider _time;
    private readonly TimeSpan _length;
    private long _since;

    public CheckpointInterval(TimeProvider time, TimeSpan length)
    {
        (_time, _length) = (time, length);
        Restart();
    }

    public bool HasPassed => _time.GetElapsedTime(Volatile.Read(ref _since)) >= _length;

    /// <summary>Begins anew; the timestamp at which it does.</summary>
    public long Restart()
    {
        var now = _time.GetTimestamp();
        Volatile.Write(ref _since, now);
        return now;
    }
}
