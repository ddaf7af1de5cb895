using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>
/// An incremental snapshot of keyed state: files shared with other checkpoints, and files of its own. Follows Flink's
/// <c>IncrementalRemoteKeyedStateHandle</c> (1.7: <c>IncrementalKeyedStateHandle</c>).
/// </summary>
/// <param name="KeyGroupRange">The key groups that the state covers.</param>
public sealed record IncrementalRemoteKeyedStateHandle(KeyGroupRange KeyGroupRange) : KeyedStateHandle
{
    /// <summary>The checkpoint that the snapshot was taken for.</summary>
    public required long CheckpointId { get; init; }

    /// <summary>The state backend that wrote the files: the text of a UUID, other text in files of Flink 1.3.</summary>
    public required string BackendIdentifier { get; init; }

    /// <inheritdoc/>
    public override KeyGroupRange KeyGroupRange { get; } = KeyGroupRange;

    /// <summary>The description of the states that the files hold.</summary>
    public required StreamStateHandle MetaDataStateHandle { get; init; }

    /// <summary>The files that other checkpoints may use too, in the order of the file.</summary>
    public ImmutableArray<HandleAndLocalPath> SharedState { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>The files of this checkpoint alone, in the order of the file.</summary>
    public ImmutableArray<HandleAndLocalPath> PrivateState { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>How many bytes this checkpoint had to upload; −1 when it is not known. Kept only together with <see cref="StateHandleId"/>.</summary>
    public long CheckpointedSize { get; init; } = -1;

    /// <summary>Identifies the handle, usually a UUID; null in files of releases before 1.15, which have no place for it.</summary>
    public string? StateHandleId { get; init; }

    /// <inheritdoc/>
    public override long StateSize
    {
        get
        {
            long size = MetaDataStateHandle.StateSize;
            foreach (var file in SharedState)
                size = StateSizes.Add(size, file.Handle.StateSize);
            foreach (var file in PrivateState)
                size = StateSizes.Add(size, file.Handle.StateSize);
            return size;
        }
    }

    /// <inheritdoc/>
    public bool Equals(IncrementalRemoteKeyedStateHandle? other) =>
        other is not null
        && CheckpointId == other.CheckpointId
        && BackendIdentifier == other.BackendIdentifier
        && KeyGroupRange == other.KeyGroupRange
        && MetaDataStateHandle == other.MetaDataStateHandle
        && CheckpointedSize == other.CheckpointedSize
        && StateHandleId == other.StateHandleId
        && ContentEquality.Same(SharedState, other.SharedState)
        && ContentEquality.Same(PrivateState, other.PrivateState);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(CheckpointId, BackendIdentifier, KeyGroupRange, MetaDataStateHandle, StateHandleId);
}
