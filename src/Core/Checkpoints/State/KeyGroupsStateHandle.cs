namespace Cairn.Checkpoints.State;

/// <summary>A full snapshot of keyed state in one stream. Follows Flink's <c>KeyGroupsStateHandle</c>.</summary>
/// <param name="GroupRangeOffsets">Where each key group begins in the delegate.</param>
/// <param name="Delegate">The stream with the state.</param>
public sealed record KeyGroupsStateHandle(KeyGroupRangeOffsets GroupRangeOffsets, StreamStateHandle Delegate) : KeyedStateHandle
{
    /// <summary>Identifies the handle, usually a UUID; null in files of releases before 1.15, which have no place for it.</summary>
    public string? StateHandleId { get; init; }

    /// <inheritdoc/>
    public override KeyGroupRange KeyGroupRange => GroupRangeOffsets.Range;

    /// <inheritdoc/>
    public override long StateSize => Delegate.StateSize;
}
