using Cairn.FileSystems;
using Microsoft.Extensions.Logging;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// The completed checkpoints that a job keeps, and the discarding of those that it keeps no longer. Used by one call at a time.
/// Follows Flink's <c>CompletedCheckpointStore</c>, with the design's order: every retained checkpoint is read before the first discard;
/// <c>_metadata</c> goes first, in a request of its own; then the states that no other checkpoint needs.
/// </summary>
internal sealed class CompletedCheckpointStore(FileSystemCheckpointStorageBase storage, ILogger logger)
{
    // Replaced as a whole, never changed: others may be reading it.
    private volatile CompletedCheckpoint[] _completed = [];
    private readonly List<CompletedCheckpoint> _toDiscard = [];
    private IReadOnlyList<long> _unread = [];

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<CompletedCheckpoint> Completed => _completed;

    /// <summary>Whether nothing is left of any checkpoint of the job, as far as is known.</summary>
    public bool IsEmpty => _completed.Length + _toDiscard.Count + _unread.Count == 0;

    /// <summary>Takes note of what was there when the job was opened.</summary>
    /// <param name="latest">The checkpoint that was read, if it is one of the job's own.</param>
    /// <param name="ids">Every id that the listing showed.</param>
    public void Found(CompletedCheckpoint? latest, IReadOnlyList<long> ids)
    {
        if (latest is not null)
            _completed = [latest];
        _unread = [.. ids.Where(id => id != latest?.Id)];
    }

    /// <summary>Adds the newest checkpoint.</summary>
    public void Add(CompletedCheckpoint checkpoint) => _completed = [.. _completed, checkpoint];

    /// <summary>Discards the oldest until <paramref name="retained"/> are left. A discard that fails is logged and tried again the next time.</summary>
    public async Task DiscardBeyondAsync(int retained, IReadOnlyCollection<StoragePath> alsoNeeded, CancellationToken cancellationToken)
    {
        if (_completed.Length + _unread.Count + _toDiscard.Count <= retained || !await TryReadRestAsync(cancellationToken).ConfigureAwait(false))
            return;
        var surplus = Math.Max(0, _completed.Length - retained);
        _toDiscard.AddRange(_completed.Take(surplus));
        _completed = _completed[surplus..];
        foreach (var checkpoint in _toDiscard.ToArray())
        {
            if (await TryDiscardAsync(checkpoint, alsoNeeded, cancellationToken).ConfigureAwait(false))
                _toDiscard.Remove(checkpoint);
        }
    }

    /// <summary>Reads the checkpoints of which only the id is known; false, and nothing may be discarded, when one cannot be read.</summary>
    private async Task<bool> TryReadRestAsync(CancellationToken cancellationToken)
    {
        while (_unread.Count > 0)
        {
            var id = _unread[^1];
            try
            {
                if (await CheckpointCatalog.LoadAsync(storage, id, cancellationToken).ConfigureAwait(false) is { } found)
                    _completed = [.. _completed, CheckpointFiles.Describe(found)];
            }
            catch (IOException e)
            {
                logger.CannotReadRetained(id, e);
                return false;
            }
            _unread = [.. _unread.SkipLast(1)];
        }
        _completed = [.. _completed.OrderBy(c => c.Id)];
        return true;
    }

    private async Task<bool> TryDiscardAsync(CompletedCheckpoint checkpoint, IReadOnlyCollection<StoragePath> alsoNeeded, CancellationToken cancellationToken)
    {
        try
        {
            await DiscardAsync(checkpoint, alsoNeeded, cancellationToken).ConfigureAwait(false);
            logger.Discarded(checkpoint.Id);
            return true;
        }
        catch (Exception e) when (e is IOException or AggregateException)
        {
            logger.CannotDiscard(checkpoint.Id, e);
            return false;
        }
    }

    private async Task DiscardAsync(CompletedCheckpoint checkpoint, IReadOnlyCollection<StoragePath> alsoNeeded, CancellationToken cancellationToken)
    {
        if (storage.Directories is not { } directories)
            return;
        var fileSystem = storage.FileSystems.Get(directories.Job);
        var directory = directories.Checkpoint(checkpoint.Id);
        await StateFiles.DeleteAsync(fileSystem, [directory / CheckpointDirectories.MetadataFileName], cancellationToken).ConfigureAwait(false);

        var needed = _completed.SelectMany(c => CheckpointFiles.Of(c.Metadata)).Concat(alsoNeeded).ToHashSet();
        var files = CheckpointFiles.Of(checkpoint.Metadata)
            .Where(file => file.IsWithin(directories.Job) && !file.IsWithin(directories.TaskOwned) && !needed.Contains(file));
        await StateFiles.DeleteAsync(fileSystem, files, cancellationToken).ConfigureAwait(false);
        if (fileSystem.Capabilities.RealDirectories)
            await fileSystem.DeleteAsync([directory], cancellationToken).ConfigureAwait(false);
    }
}
