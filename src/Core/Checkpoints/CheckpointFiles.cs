using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>Which files a checkpoint's state lies in, and how much.</summary>
internal static class CheckpointFiles
{
    public static IEnumerable<StoragePath> Of(CheckpointMetadata metadata) => Of(StateHandleWalk.Streams(metadata));

    public static IEnumerable<StoragePath> Of(IEnumerable<StreamStateHandle> handles) =>
        handles.Select(PathOf).OfType<string>().Select(StoragePath.Parse).Distinct();

    /// <summary>The path of the file that holds a handle's bytes; null for inline state.</summary>
    public static string? PathOf(StreamStateHandle handle) => StateHandleWalk.Leaf(handle) switch
    {
        FileStateHandle file => file.FilePath,
        RelativeFileStateHandle relative => relative.FilePath,
        SegmentFileStateHandle segment => segment.FilePath,
        _ => null,
    };

    /// <summary>A checkpoint that was found, described as one that was completed.</summary>
    public static CompletedCheckpoint Describe(RestoredCheckpoint found) => Describe(found.Metadata, found.ExternalPointer);

    public static CompletedCheckpoint Describe(CheckpointMetadata metadata, string externalPointer)
    {
        var files = StateHandleWalk.Streams(metadata).Select(StateHandleWalk.Leaf).Where(h => PathOf(h) is not null).DistinctBy(PathOf).ToList();
        return new CompletedCheckpoint
        {
            Id = metadata.CheckpointId,
            ExternalPointer = externalPointer,
            Metadata = metadata,
            StateFileCount = files.Count,
            StateFileSize = files.Sum(h => Math.Max(0, h.StateSize)),
        };
    }
}
