namespace Cairn.Checkpoints.Coordination;

/// <summary>What the gauges show of one job as long as it is open.</summary>
internal sealed class ObservedJob : CheckpointInstruments.IObservedJob, IDisposable
{
    private readonly TimeProvider _time;
    private readonly Func<int> _inProgress;
    private readonly Func<int> _backlog;
    private long _since;

    public ObservedJob(JobId id, TimeProvider time, Func<int> inProgress, Func<int> backlog)
    {
        (_time, _inProgress, _backlog) = (time, inProgress, backlog);
        Completed();
        CheckpointInstruments.Opened(this, id);
    }

    public double Age => _time.GetElapsedTime(Volatile.Read(ref _since)).TotalSeconds;

    public int InProgress => _inProgress();

    public int DiscardBacklog => _backlog();

    /// <summary>A checkpoint was completed now.</summary>
    public void Completed() => Volatile.Write(ref _since, _time.GetTimestamp());

    public void Dispose() => CheckpointInstruments.Closed(this);
}
