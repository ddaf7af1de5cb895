namespace Cairn.Checkpoints.State;

/// <summary>Keyed state of a savepoint in the canonical format, which every state backend reads. Follows Flink's <c>KeyGroupsSavepointStateHandle</c>.</summary>
/// <param name="GroupRangeOffsets">Where each key group begins in the delegate.</param>
/// <param name="Delegate">The stream with the state.</param>
public sealed record KeyGroupsSavepointStateHandle(KeyGroupRangeOffsets GroupRangeOffsets, StreamStateHandle Delegate) : KeyedStateHandle
{
    /// <inheritdoc/>
    public override KeyGroupRange KeyGroupRange => GroupRangeOffsets.Range;

    /// <inheritdoc/>
    public override long StateSize => Delegate.StateSize;
}
