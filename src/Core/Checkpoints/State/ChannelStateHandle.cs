namespace Cairn.Checkpoints.State;

/// <summary>Data that was on its way between two tasks when an unaligned checkpoint was taken. Follows Flink's <c>AbstractChannelStateHandle</c>.</summary>
/// <param name="SubtaskIndex">The subtask that wrote the state, from 0.</param>
/// <param name="StateSize">The number of bytes of these channels in the stream.</param>
/// <param name="Delegate">The stream with the data, usually one of many channels.</param>
/// <remarks>Immutable; equal when all it says is equal.</remarks>
public abstract record ChannelStateHandle(int SubtaskIndex, long StateSize, StreamStateHandle Delegate);
