using Cairn.FileSystems;
using Microsoft.Extensions.Logging;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// Discards what aborted checkpoints wrote, by exact paths, and remembers those that have ended for acknowledgements that come too late. Never a prefix;
/// nothing that a checkpoint uses; nothing of one whose outcome is unknown; nothing at all once the owner was replaced.
/// </summary>
internal sealed class EndedCheckpoints(FileSystemCheckpointStorageBase storage, SharedStateRegistry registry, JobOwnership ownership, ILogger logger)
{
    /// <summary>How many are remembered; what is acknowledged for older ones is left to a search for orphaned files.</summary>
    private const int Remembered = 1000;

    private readonly Dictionary<long, StoragePath> _directories = [];
    private readonly Queue<long> _order = new();
    private readonly Lock _gate = new();

    /// <summary>Remembers a checkpoint that was aborted or completed by the directory that is its own.</summary>
    public void Add(long id, StoragePath? directory)
    {
        if (directory is null)
            return;
        lock (_gate)
        {
            _directories[id] = directory;
            _order.Enqueue(id);
            if (_order.Count > Remembered)
                _directories.Remove(_order.Dequeue());
        }
    }

    /// <summary>Discards what one checkpoint wrote itself, and what tasks elsewhere told of. Never throws.</summary>
    /// <param name="id">The checkpoint.</param>
    /// <param name="location">Where it was written; null when nothing was.</param>
    /// <param name="files">What its tasks acknowledged.</param>
    public async Task TakeBackAsync(long id, ICheckpointStorageLocation? location, IReadOnlyList<StoragePath> files)
    {
        if (ownership.IsFenced)
            return;
        try
        {
            await DeleteAsync(registry.Release(id, files, Find(id)), CancellationToken.None).ConfigureAwait(false);
            if (location is not null)
                await location.DisposeOnFailureAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or AggregateException or ObjectDisposedException)
        {
            logger.CannotTakeBack(id, e);
        }
    }

    /// <summary>Discards what a late acknowledgement tells of and no checkpoint uses.</summary>
    /// <param name="acknowledgement">The acknowledgement.</param>
    /// <param name="pending">The checkpoint while it is under way; null when it has ended.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task TakeBackLateAsync(CheckpointAcknowledgement acknowledgement, PendingCheckpoint? pending, CancellationToken cancellationToken)
    {
        var directory = pending?.ExclusiveDirectory ?? Find(acknowledgement.CheckpointId);
        if (directory is null || ownership.IsFenced)
            return;
        var (id, shared) = (acknowledgement.CheckpointId, storage.Directories!.Shared); // who has no directories has no checkpoint with one
        var taken = pending?.AcknowledgedFiles.ToHashSet() ?? [];
        var unknown = CheckpointFiles.Of(StateHandleWalk.Streams(acknowledgement.State))
            .Where(file => file.IsWithin(directory) || file.IsWithin(shared))
            .Where(file => !taken.Contains(file) && registry.CreatorOf(file) is null && !registry.IsLeaving(file))
            .ToList();
        registry.Register(id, unknown);
        try
        {
            await DeleteAsync(registry.Release(id, unknown, directory), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or AggregateException)
        {
            logger.CannotTakeBack(id, e);
        }
    }

    private StoragePath? Find(long id)
    {
        lock (_gate)
            return _directories.GetValueOrDefault(id);
    }

    private async Task DeleteAsync(IReadOnlyList<StoragePath> files, CancellationToken cancellationToken)
    {
        if (files.Count == 0)
            return;
        try
        {
            await StateFiles.DeleteAsync(storage.FileSystems.Get(files[0]), files, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            registry.PutBack(files);
            throw;
        }
    }
}
