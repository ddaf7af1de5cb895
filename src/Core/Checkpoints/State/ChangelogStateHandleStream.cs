using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>Changes of keyed state in streams. Follows Flink's <c>ChangelogStateHandleStreamImpl</c>.</summary>
/// <param name="KeyGroupRange">The key groups that the changes are of.</param>
/// <param name="StateSize">The number of bytes of the changes, as the writer counted them.</param>
public sealed record ChangelogStateHandleStream(KeyGroupRange KeyGroupRange, long StateSize) : KeyedStateHandle
{
    /// <inheritdoc/>
    public override KeyGroupRange KeyGroupRange { get; } = KeyGroupRange;

    /// <summary>The streams with the changes, in their order.</summary>
    public ImmutableArray<HandleAndOffset> HandlesAndOffsets { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <inheritdoc/>
    public override long StateSize { get; } = StateSize;

    /// <summary>How many bytes this checkpoint had to upload; −1 when it is not known.</summary>
    public long CheckpointedSize { get; init; } = -1;

    /// <summary>Identifies the handle, usually a UUID; null in files of Flink 1.14, which have no place for it.</summary>
    public string? StateHandleId { get; init; }

    /// <summary>The changelog storage that wrote the streams, for example <c>filesystem</c>; null in files of releases before 1.16, where it is that one.</summary>
    public string? StorageIdentifier { get; init; }

    /// <inheritdoc/>
    public bool Equals(ChangelogStateHandleStream? other) =>
        other is not null
        && KeyGroupRange == other.KeyGroupRange
        && StateSize == other.StateSize
        && CheckpointedSize == other.CheckpointedSize
        && StateHandleId == other.StateHandleId
        && StorageIdentifier == other.StorageIdentifier
        && ContentEquality.Same(HandlesAndOffsets, other.HandlesAndOffsets);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(KeyGroupRange, StateSize, StateHandleId, HandlesAndOffsets.Length);
}
