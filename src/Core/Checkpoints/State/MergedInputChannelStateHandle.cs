namespace Cairn.Checkpoints.State;

/// <summary>Data of several input channels of one subtask in one handle. Follows Flink's <c>MergedInputChannelStateHandle</c>.</summary>
/// <param name="SubtaskIndex">The subtask that wrote the state, from 0.</param>
/// <param name="StateSize">The number of bytes of these channels in the stream.</param>
/// <param name="Delegate">The stream with the data, usually one of many channels.</param>
/// <param name="SerializedChannelOffsets">
/// The packed table of channels: a count, then for each its gate and channel (two 32-bit numbers), its size, and a counted list of offsets; all big-endian.
/// </param>
public sealed record MergedInputChannelStateHandle(
    int SubtaskIndex,
    long StateSize,
    StreamStateHandle Delegate,
    ReadOnlyMemory<byte> SerializedChannelOffsets)
    : InputStateHandle(SubtaskIndex, StateSize, Delegate)
{
    /// <inheritdoc/>
    public bool Equals(MergedInputChannelStateHandle? other) =>
        base.Equals(other) && ContentEquality.Same(SerializedChannelOffsets, other.SerializedChannelOffsets);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), SerializedChannelOffsets.Length);
}
