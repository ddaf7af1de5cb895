using Cairn.FileSystems;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// Which files a checkpoint may use: its own, new ones in <c>shared/</c>, and those of completed checkpoints that are kept. Whoever breaks these rules would
/// some day find a checkpoint without its files, so they are refused when they acknowledge.
/// </summary>
internal sealed class StateFileRules(CheckpointDirectories? directories, SharedStateRegistry registry)
{
    private readonly HashSet<StoragePath> _notOurs = [];
    private readonly HashSet<StoragePath> _notInFirst = [];
    private string _origin = "";

    /// <summary>The job starts from somebody else's checkpoint, which stays theirs: none of its files is ever used.</summary>
    public void StartsFromForeign(RestoredCheckpoint restored)
    {
        _origin = restored.ExternalPointer;
        _notOurs.UnionWith(CheckpointFiles.Of(restored.Metadata));
    }

    /// <summary>The job starts from a checkpoint whose files others may be deleting: the first checkpoints, which have no base, use none of it.</summary>
    public void StartsFromUnstable(RestoredCheckpoint restored)
    {
        _origin = restored.ExternalPointer;
        _notInFirst.UnionWith(CheckpointFiles.Of(restored.Metadata));
    }

    /// <param name="pending">The checkpoint that is to use the files.</param>
    /// <param name="exclusive">Its own directory; null when it has none yet.</param>
    /// <param name="isUnderWay">Whether the checkpoint of an id is under way.</param>
    /// <param name="task">Who wants it, for the message.</param>
    /// <param name="files">The files.</param>
    /// <exception cref="CheckpointException">One of the files may not be used.</exception>
    public void Check(PendingCheckpoint pending, StoragePath? exclusive, Func<long, bool> isUnderWay, OperatorSubtask task, IEnumerable<StoragePath> files)
    {
        foreach (var file in files)
        {
            var isOwn = exclusive is not null && file.IsWithin(exclusive);
            if (!isOwn && Explain(pending, isUnderWay, file) is { } problem)
                throw new CheckpointException($"Task '{task}' acknowledges checkpoint {pending.Id} with the file '{file}', {problem}") { Reason = CheckpointFailureReason.InvalidAcknowledgement };
        }
    }

    private string? Explain(PendingCheckpoint pending, Func<long, bool> isUnderWay, StoragePath file)
    {
        if (pending.IsSavepoint)
            return "which lies outside of the savepoint: a savepoint has to be complete in its own directory, so write the state to its location.";
        if (_notOurs.Contains(file))
            return $"which belongs to '{_origin}': the job was started from that without claiming it, so its state has to be written in full. Or start with ClaimMode Claim.";
        if (pending.Base is null && _notInFirst.Contains(file))
            return $"which belongs to '{_origin}', where another process may still be discarding files: the first checkpoint after such a start has to be full.";
        if (registry.IsLeaving(file))
            return "which is being discarded: use only files of the checkpoint's Base again.";
        if (registry.CreatorOf(file) is { } creator)
            return creator != pending.Id && isUnderWay(creator) ? $"which was written for checkpoint {creator}, and that is not complete: use only files of the checkpoint's Base again." : null;
        return directories is not null && file.Parent is { } parent && parent.Parent == directories.Job && CheckpointDirectories.CheckpointId(parent.Name) is { } other
            ? $"which belongs to checkpoint {other}, and that is not kept: use only files of the checkpoint's Base again."
            : null;
    }
}
