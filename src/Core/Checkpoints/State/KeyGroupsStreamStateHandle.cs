namespace Cairn.Checkpoints.State;

/// <summary>
/// Key-group state that stands where a plain stream is expected. In Flink one class, <c>KeyGroupsStateHandle</c>, is both this and
/// <see cref="KeyGroupsStateHandle"/>.
/// </summary>
/// <param name="GroupRangeOffsets">Where each key group begins in the delegate.</param>
/// <param name="Delegate">The stream with the state.</param>
public sealed record KeyGroupsStreamStateHandle(KeyGroupRangeOffsets GroupRangeOffsets, StreamStateHandle Delegate) : StreamStateHandle
{
    /// <inheritdoc/>
    public override long StateSize => Delegate.StateSize;
}
