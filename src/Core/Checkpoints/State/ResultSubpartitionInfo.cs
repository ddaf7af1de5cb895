using System.Runtime.InteropServices;

namespace Cairn.Checkpoints.State;

/// <summary>Names a result subpartition of a task. Follows Flink's <c>ResultSubpartitionInfo</c>.</summary>
/// <param name="PartitionIndex">The result partition, from 0.</param>
/// <param name="SubpartitionIndex">The subpartition of that partition, from 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ResultSubpartitionInfo(int PartitionIndex, int SubpartitionIndex);
