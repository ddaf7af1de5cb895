namespace Cairn.Checkpoints.Coordination;

/// <summary>The checkpoints that are under way. Thread safe.</summary>
internal sealed class PendingCheckpoints
{
    private readonly SortedDictionary<long, PendingCheckpoint> _pending = [];
    private readonly Lock _gate = new();

    public int Count
    {
        get
        {
            lock (_gate)
                return _pending.Count;
        }
    }

    /// <summary>Makes one and adds it, in one step: whoever asks what is under way sees it with its base, or it gets a base that is newer.</summary>
    public PendingCheckpoint Add(Func<PendingCheckpoint> begin)
    {
        lock (_gate)
        {
            var pending = begin();
            _pending.Add(pending.Id, pending);
            return pending;
        }
    }

    public void Remove(long id)
    {
        lock (_gate)
            _pending.Remove(id);
    }

    public PendingCheckpoint? Find(long id)
    {
        lock (_gate)
            return _pending.GetValueOrDefault(id);
    }

    /// <summary>Those that a completed checkpoint of this id supersedes: older ones that are no savepoints.</summary>
    public IReadOnlyList<PendingCheckpoint> Below(long id)
    {
        lock (_gate)
            return [.. _pending.Values.Where(p => p.Id < id && !p.IsSavepoint)];
    }

    public IReadOnlyList<PendingCheckpoint> All()
    {
        lock (_gate)
            return [.. _pending.Values];
    }

    public CheckpointsUnderWay UnderWay()
    {
        lock (_gate)
            return CheckpointsUnderWay.Of(_pending.Values);
    }
}

/// <summary>What the checkpoints that are under way need.</summary>
/// <param name="Bases">The completed ones that they build on, which are kept for them.</param>
/// <param name="LowestId">The lowest of their ids; <see cref="long.MaxValue"/> when there is none.</param>
internal sealed record CheckpointsUnderWay(IReadOnlySet<CompletedCheckpoint> Bases, long LowestId)
{
    public static CheckpointsUnderWay Of(IReadOnlyCollection<PendingCheckpoint> pending) => new(
        pending.Select(p => p.Base).OfType<CompletedCheckpoint>().ToHashSet<CompletedCheckpoint>(ReferenceEqualityComparer.Instance),
        pending.Select(p => p.Id).DefaultIfEmpty(long.MaxValue).Min());
}
