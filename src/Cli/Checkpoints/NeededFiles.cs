using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints;

/// <summary>The files that a checkpoint needs, its <c>_metadata</c> first, each once.</summary>
internal static class NeededFiles
{
    public static IReadOnlyList<NeededFile> Of(StoredCheckpoint checkpoint)
    {
        ThrowIfOpaque(checkpoint);
        var length = checkpoint.Content.Length;
        var metadata = new NeededFile(checkpoint.MetadataPath, length, length, length, FileOwner.Metadata, checkpoint.Directory);
        var state = StateHandleWalk.Streams(checkpoint.Metadata)
            .Select(StateHandleWalk.Leaf)
            .Where(handle => CheckpointFiles.PathOf(handle) is not null)
            .GroupBy(handle => PathOf(handle, checkpoint))
            .Select(handles => Describe(handles.Key, handles, checkpoint));
        return [metadata, .. state];
    }

    /// <summary>Where a handle's bytes lie; a path without a scheme lies on the checkpoint's store.</summary>
    /// <exception cref="CheckpointException">It is no path.</exception>
    public static StoragePath PathOf(StreamStateHandle handle, StoredCheckpoint checkpoint) => Parse(CheckpointFiles.PathOf(handle)!, checkpoint);

    /// <inheritdoc cref="PathOf"/>
    public static StoragePath Parse(string path, StoredCheckpoint checkpoint)
    {
        try
        {
            return StoragePath.Parse(path).Qualify(checkpoint.Directory.Scheme!, checkpoint.Directory.Authority);
        }
        catch (FileSystemException e)
        {
            throw new CheckpointException($"'{checkpoint.MetadataPath}' names a file that is none: {e.Message}", e);
        }
    }

    /// <summary>Flink 1.1 kept state as Java objects, which may name files; what they are is not known without Java. The same holds for references to other checkpoints.</summary>
    /// <exception cref="CheckpointException">Not every file can be told.</exception>
    public static void ThrowIfOpaque(StoredCheckpoint checkpoint)
    {
        var subtasks = checkpoint.Metadata.Operators.SelectMany(o => o.Subtasks);
        if (checkpoint.Metadata.Operators.Any(o => o.KeyGroupStates.Any(k => k.Data is not null)) || subtasks.Any(s => s.Legacy?.SerializedState is not null))
            throw new CheckpointException($"Which files '{checkpoint.MetadataPath}' needs cannot be told: its state is Java objects of Flink 1.1 (version {checkpoint.Metadata.Version}).");
        if (subtasks.Any(s => s.ReferenceCheckpointId is not null))
            throw new CheckpointException($"Which files '{checkpoint.MetadataPath}' needs cannot be told: it refers to other checkpoints (the experimental version {checkpoint.Metadata.Version}).");
    }

    private static NeededFile Describe(StoragePath path, IEnumerable<StreamStateHandle> handles, StoredCheckpoint checkpoint)
    {
        var parts = handles.ToList();
        var whole = parts.Where(part => part is not SegmentFileStateHandle && part.StateSize >= 0).Select(part => (long?)part.StateSize).FirstOrDefault();
        var segments = parts.OfType<SegmentFileStateHandle>().DistinctBy(s => (s.StartPosition, s.StateSize)).ToList();
        var end = segments.Count == 0 ? 0 : segments.Max(s => s.StartPosition + Math.Max(0, s.StateSize));
        var (owner, directory) = OwnerOf(path, checkpoint.Directory);
        return new NeededFile(path, whole, Math.Max(end, whole ?? 0), whole ?? segments.Sum(s => Math.Max(0, s.StateSize)), owner, directory);
    }

    private static (FileOwner Owner, StoragePath Directory) OwnerOf(StoragePath path, StoragePath checkpointDirectory)
    {
        if (path.IsWithin(checkpointDirectory))
            return (FileOwner.Own, checkpointDirectory);
        for (var directory = path.Parent; directory is not null; directory = directory.Parent)
        {
            if (directory.Name is CheckpointDirectories.SharedName)
                return (FileOwner.Shared, directory);
            if (directory.Name is CheckpointDirectories.TaskOwnedName)
                return (FileOwner.TaskOwned, directory);
            if (CheckpointDirectories.CheckpointId(directory.Name) is not null)
                return (FileOwner.OtherCheckpoint, directory);
        }
        return (FileOwner.Elsewhere, path.Parent ?? path);
    }
}
