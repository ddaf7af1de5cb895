using Cairn.FileSystems;
using Microsoft.Extensions.Logging;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// The completed checkpoints that a job keeps, those that it keeps no longer but that still exist, and those of which only the id is known.
/// Thread safe. Follows Flink's <c>CompletedCheckpointStore</c>.
/// </summary>
internal sealed class CompletedCheckpointStore(FileSystemCheckpointStorageBase storage, SharedStateRegistry registry, ILogger logger)
{
    /// <summary>The place of a claimed checkpoint, whose own id is of another row: before all of the job's.</summary>
    public const long ClaimedSequence = -1;

    private readonly List<Kept> _kept = [];
    private readonly List<Subsumed> _subsumed = [];
    private readonly Lock _gate = new();
    // Replaced as a whole, never changed: others may be reading it.
    private volatile CompletedCheckpoint[] _completed = [];
    private long[] _unread = [];

    private sealed record Kept(long Sequence, CompletedCheckpoint Checkpoint, StoragePath? MetadataFile);

    /// <summary>Those that are kept, oldest first.</summary>
    public IReadOnlyList<CompletedCheckpoint> Completed => _completed;

    /// <summary>The id of the newest of the job's own, or −1.</summary>
    public long LatestId
    {
        get
        {
            lock (_gate)
                return _kept is [.., var latest] ? latest.Sequence : ClaimedSequence;
        }
    }

    /// <summary>How many are still to be discarded when <paramref name="retained"/> are kept.</summary>
    public int Backlog(int retained)
    {
        lock (_gate)
            return Math.Max(0, _kept.Count + _unread.Length - retained) + _subsumed.Count;
    }

    /// <summary>Whether a claimed checkpoint still exists.</summary>
    public bool HasClaimed => LowestExisting() == ClaimedSequence;

    /// <summary>Takes note of what was there when the job was opened.</summary>
    /// <param name="own">The checkpoint that was read, if it is one of the job's own.</param>
    /// <param name="ids">Every id that the listing showed.</param>
    public void Found(RestoredCheckpoint? own, IReadOnlyList<long> ids)
    {
        _unread = [.. ids.Where(id => id != own?.Id)];
        if (own is not null)
            Add(own.Id, CheckpointFiles.Describe(own), own.MetadataFile);
    }

    /// <summary>Takes note of what a new listing shows: checkpoints whose commit nobody heard of, or that a replaced owner still committed.</summary>
    public void FoundAgain(IReadOnlyList<long> ids)
    {
        lock (_gate)
            _unread = [.. _unread.Union(ids.Except(_kept.Select(k => k.Sequence)).Except(_subsumed.Select(s => s.Sequence)))];
    }

    /// <summary>Adds a checkpoint that the job claimed: it comes before the job's own.</summary>
    public void AddClaimed(RestoredCheckpoint claimed) => Add(ClaimedSequence, CheckpointFiles.Describe(claimed), claimed.MetadataFile);

    /// <summary>Adds one that was completed now.</summary>
    public void Add(CompletedCheckpoint checkpoint) => Add(checkpoint.Id, checkpoint, storage.Directories?.Metadata(checkpoint.Id));

    /// <summary>Takes note of one whose commit was sent and never answered: before anything is discarded, it is looked whether it exists.</summary>
    public void AddUnknown(long id)
    {
        lock (_gate)
            _unread = [.. _unread, id];
    }

    /// <summary>Something else that is to be discarded: its <c>_metadata</c> first.</summary>
    public void AddSubsumed(Subsumed subsumed)
    {
        lock (_gate)
            _subsumed.Add(subsumed);
    }

    /// <summary>Reads the checkpoints of which only the id is known; false, and nothing may be discarded, when one cannot be read.</summary>
    public async Task<bool> TryReadRestAsync(CancellationToken cancellationToken)
    {
        while (_unread is [.., var id])
        {
            try
            {
                if (await CheckpointCatalog.LoadAsync(storage, id, cancellationToken).ConfigureAwait(false) is { } found)
                    Add(id, CheckpointFiles.Describe(found), found.MetadataFile);
            }
            catch (IOException e)
            {
                logger.CannotReadRetained(id, e);
                return false;
            }
            lock (_gate)
                _unread = [.. _unread.Where(other => other != id)];
        }
        return true;
    }

    /// <summary>
    /// Gives up the oldest until <paramref name="retained"/> are left of those up to <paramref name="confirmed"/>, except those that <paramref name="isNeeded"/>
    /// holds for; they are kept on top, as newer ones are.
    /// </summary>
    public void Subsume(int retained, long confirmed, Func<CompletedCheckpoint, bool> isNeeded)
    {
        lock (_gate)
        {
            var candidates = _kept.TakeWhile(k => k.Sequence <= confirmed).ToList();
            foreach (var kept in candidates.SkipLast(retained).Where(k => !isNeeded(k.Checkpoint)))
            {
                _kept.Remove(kept);
                if (kept.MetadataFile is not null)
                    _subsumed.Add(new Subsumed(kept.Sequence, kept.Checkpoint.Id, kept.MetadataFile));
            }
            Publish();
        }
    }

    /// <summary>Those whose <c>_metadata</c> is still to be deleted, oldest first.</summary>
    public IReadOnlyList<Subsumed> ToDiscard()
    {
        lock (_gate)
            return [.. _subsumed];
    }

    /// <summary>The <c>_metadata</c> is gone, and so is the checkpoint.</summary>
    public void Discarded(Subsumed subsumed)
    {
        lock (_gate)
            _subsumed.Remove(subsumed);
    }

    /// <summary>The lowest that still exists; <see cref="long.MaxValue"/> when none does.</summary>
    public long LowestExisting()
    {
        lock (_gate)
            return _kept.Select(k => k.Sequence).Concat(_subsumed.Select(s => s.Sequence)).DefaultIfEmpty(long.MaxValue).Min();
    }

    private void Add(long sequence, CompletedCheckpoint checkpoint, StoragePath? metadataFile)
    {
        registry.Register(sequence, CheckpointFiles.Of(checkpoint.Metadata));
        lock (_gate)
        {
            _kept.Add(new Kept(sequence, checkpoint, metadataFile));
            _kept.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
            Publish();
        }
    }

    private void Publish() => _completed = [.. _kept.Select(k => k.Checkpoint)];
}

/// <summary>A checkpoint that is kept no longer. It exists until its <c>_metadata</c> is deleted; only its place is remembered, not its state.</summary>
internal sealed record Subsumed(long Sequence, long CheckpointId, StoragePath MetadataFile);
