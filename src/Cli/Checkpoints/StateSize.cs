using Cairn.Checkpoints;
using Cairn.Checkpoints.State;

namespace Cairn.Cli.Checkpoints;

/// <summary>
/// Adds state up, each piece once: many handles may stand on one file (the channels of a subtask, the parts of an incremental snapshot).
/// Sizes that are not known count as nothing.
/// </summary>
internal sealed class StateSize
{
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private readonly HashSet<(string Path, long Offset)> _segments = [];

    /// <summary>Bytes that lie in the <c>_metadata</c> itself.</summary>
    public long Inline { get; private set; }

    /// <summary>Bytes that lie in files.</summary>
    public long InFiles { get; private set; }

    public long Total => Inline + InFiles;

    /// <summary>How many different files.</summary>
    public int Files => _files.Count;

    public static StateSize Of(IEnumerable<StreamStateHandle> handles)
    {
        var size = new StateSize();
        size.Add(handles);
        return size;
    }

    public void Add(IEnumerable<StreamStateHandle> handles)
    {
        foreach (var handle in handles)
            Add(StateHandleWalk.Leaf(handle));
    }

    public void AddInline(long bytes) => Inline += Math.Max(0, bytes);

    private void Add(StreamStateHandle handle)
    {
        if (handle is ByteStreamStateHandle inline)
        {
            AddInline(inline.StateSize);
        }
        else if (PathOf(handle) is { } path)
        {
            var isNew = _files.Add(path);
            if (handle is SegmentFileStateHandle segment ? _segments.Add((path, segment.StartPosition)) : isNew)
                InFiles += Math.Max(0, handle.StateSize);
        }
    }

    private static string? PathOf(StreamStateHandle handle) => CheckpointFiles.PathOf(handle) ?? (handle as RelativeFileStateHandle)?.RelativePath;
}
