using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>Opens the bytes of a state handle wherever they lie.</summary>
public static class StateHandleReading
{
    /// <summary>A forward stream over the bytes of <paramref name="handle"/>. Inline state costs no request, a file one.</summary>
    /// <exception cref="FileSystemException">The file is missing or cannot be read.</exception>
    /// <exception cref="CheckpointException">A relative handle whose directory nobody said, or a handle of a kind that has no bytes.</exception>
    public static async Task<Stream> OpenAsync(this StreamStateHandle handle, FileSystemRegistry fileSystems, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(handle);
        ArgumentNullException.ThrowIfNull(fileSystems);
        var leaf = StateHandleWalk.Leaf(handle);
        if (leaf is ByteStreamStateHandle inline)
            return new ReadOnlyMemoryStream(inline.Data);
        var path = CheckpointFiles.PathOf(leaf) is { } text
            ? StoragePath.Parse(text)
            : throw new CheckpointException($"There are no bytes to open behind {leaf}: a relative handle needs the directory of its metadata.");
        var range = leaf is SegmentFileStateHandle segment ? new ReadOptions { Offset = segment.StartPosition, Length = segment.StateSize } : null;
        return await fileSystems.Get(path).OpenReadAsync(path, range, cancellationToken).ConfigureAwait(false);
    }
}
