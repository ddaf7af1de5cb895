using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>
/// Keyed state as a snapshot and the changes since it. Follows Flink's <c>ChangelogStateBackendHandle</c>.
/// </summary>
/// <param name="KeyGroupRange">The key groups that the state covers.</param>
public sealed record ChangelogStateBackendHandle(KeyGroupRange KeyGroupRange) : KeyedStateHandle
{
    /// <inheritdoc/>
    public override KeyGroupRange KeyGroupRange { get; } = KeyGroupRange;

    /// <summary>How many bytes this checkpoint had to upload; −1 when it is not known.</summary>
    public long CheckpointedSize { get; init; } = -1;

    /// <summary>The snapshots that the changes build on.</summary>
    public ImmutableArray<KeyedStateHandle> Materialized { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>The changes since the snapshot.</summary>
    public ImmutableArray<KeyedStateHandle> NonMaterialized { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>Counts the snapshots of the state backend; 0 in files of Flink 1.14, which have no place for it.</summary>
    public long MaterializationId { get; init; }

    /// <summary>The checkpoint that the handle belongs to; null in files of releases before 1.16, for which <see cref="MaterializationId"/> stands in.</summary>
    public long? CheckpointId { get; init; }

    /// <summary>Identifies the handle, usually a UUID; null in files of Flink 1.14, which have no place for it.</summary>
    public string? StateHandleId { get; init; }

    /// <inheritdoc/>
    public override long StateSize
    {
        get
        {
            long size = 0;
            foreach (var handle in Materialized)
                size = StateSizes.Add(size, handle.StateSize);
            foreach (var handle in NonMaterialized)
                size = StateSizes.Add(size, handle.StateSize);
            return size;
        }
    }

    /// <inheritdoc/>
    public bool Equals(ChangelogStateBackendHandle? other) =>
        other is not null
        && KeyGroupRange == other.KeyGroupRange
        && CheckpointedSize == other.CheckpointedSize
        && MaterializationId == other.MaterializationId
        && CheckpointId == other.CheckpointId
        && StateHandleId == other.StateHandleId
        && ContentEquality.Same(Materialized, other.Materialized)
        && ContentEquality.Same(NonMaterialized, other.NonMaterialized);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(KeyGroupRange, MaterializationId, CheckpointId, StateHandleId, Materialized.Length, NonMaterialized.Length);
}
