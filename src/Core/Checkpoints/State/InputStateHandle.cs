namespace Cairn.Checkpoints.State;

/// <summary>Data of one or more input channels. Follows Flink's <c>InputStateHandle</c>.</summary>
/// <param name="SubtaskIndex">The subtask that wrote the state, from 0.</param>
/// <param name="StateSize">The number of bytes of these channels in the stream.</param>
/// <param name="Delegate">The stream with the data, usually one of many channels.</param>
public abstract record InputStateHandle(int SubtaskIndex, long StateSize, StreamStateHandle Delegate)
    : ChannelStateHandle(SubtaskIndex, StateSize, Delegate);
