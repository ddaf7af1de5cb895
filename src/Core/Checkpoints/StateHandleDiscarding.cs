using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>
/// Deletes the files behind state handles, for whoever owns them: a task whose checkpoint was given up, or whose task-owned state is used no longer.
/// The states of completed checkpoints are discarded by the coordinator, which knows what else needs them.
/// Follows <c>discardState</c> of Flink's handles: inline state and segments of merged files have no file of their own, so nothing is deleted for them.
/// </summary>
public static class StateHandleDiscarding
{
    /// <summary>
    /// The streams that a keyed state lies in: the one of a full snapshot; of an incremental one the description, the shared files and the private ones.
    /// </summary>
    public static IReadOnlyList<StreamStateHandle> Streams(this KeyedStateHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return [.. StateHandleWalk.Streams(handle)];
    }

    /// <summary>Deletes the file of <paramref name="handle"/>, and nothing else: its directory stays. A missing file is success.</summary>
    /// <exception cref="FileSystemException">The file could not be deleted.</exception>
    public static Task DiscardAsync(this StreamStateHandle handle, FileSystemRegistry fileSystems, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return DiscardAllAsync([handle], fileSystems, cancellationToken);
    }

    /// <summary>Deletes the files of many handles, in as few requests as their stores allow. All are tried, also when one fails.</summary>
    /// <exception cref="FileSystemException">The one file that could not be deleted.</exception>
    /// <exception cref="AggregateException">Several files could not be deleted.</exception>
    public static async Task DiscardAllAsync(this IEnumerable<StreamStateHandle> handles, FileSystemRegistry fileSystems, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handles);
        ArgumentNullException.ThrowIfNull(fileSystems);
        var failures = new List<Exception>();
        foreach (var store in CheckpointFiles.Of(handles.Where(HasAFileOfItsOwn)).GroupBy(fileSystems.Get))
        {
            try
            {
                await StateFiles.DeleteAsync(store.Key, store, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is AggregateException or FileSystemException)
            {
                failures.AddRange(e is AggregateException several ? several.InnerExceptions : [e]);
            }
        }
        if (failures.Count > 0)
            throw failures is [FileSystemException only] ? only : new AggregateException($"{failures.Count} state files could not be deleted.", failures);
    }

    private static bool HasAFileOfItsOwn(StreamStateHandle handle) => StateHandleWalk.Leaf(handle) is FileStateHandle or RelativeFileStateHandle;
}
