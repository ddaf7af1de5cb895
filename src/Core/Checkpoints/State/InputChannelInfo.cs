using System.Runtime.InteropServices;

namespace Cairn.Checkpoints.State;

/// <summary>Names an input channel of a task. Follows Flink's <c>InputChannelInfo</c>.</summary>
/// <param name="GateIndex">The input gate, from 0.</param>
/// <param name="InputChannelIndex">The channel of that gate, from 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct InputChannelInfo(int GateIndex, int InputChannelIndex);
