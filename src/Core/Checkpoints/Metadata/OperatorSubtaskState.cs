using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>What a checkpoint has of one parallel instance of an operator. Follows Flink's <c>OperatorSubtaskState</c>.</summary>
/// <remarks>Immutable; equal when all it says is equal. In versions 0 and 1 an entry is of a task, a chain of operators.</remarks>
public sealed record OperatorSubtaskState
{
    /// <summary>The subtask, from 0 to the operator's parallelism less one.</summary>
    public required int Index { get; init; }

    /// <summary>Whether the subtask had finished before the checkpoint; it has no state then. Version 3 and newer.</summary>
    public bool IsFinished { get; init; }

    /// <summary>Operator state that the runtime manages; null when there is none.</summary>
    public OperatorStateHandle? ManagedOperatorState { get; init; }

    /// <summary>Operator state that the operator encodes itself; null when there is none.</summary>
    public OperatorStateHandle? RawOperatorState { get; init; }

    /// <summary>Keyed state that the runtime manages; null when there is none.</summary>
    public KeyedStateHandle? ManagedKeyedState { get; init; }

    /// <summary>Keyed state that the operator encodes itself; null when there is none.</summary>
    public KeyedStateHandle? RawKeyedState { get; init; }

    /// <summary>Data that was waiting in input channels. Version 3 and newer.</summary>
    public ImmutableArray<InputStateHandle> InputChannelState { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>Data that was waiting in result subpartitions. Version 3 and newer.</summary>
    public ImmutableArray<OutputStateHandle> ResultSubpartitionState { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>Experimental: the checkpoint that the state refers to. Version 7, which no release of Flink writes.</summary>
    public long? ReferenceCheckpointId { get; init; }

    /// <summary>What only versions 0 to 2 have a place for; null when that is nothing.</summary>
    public LegacySubtaskState? Legacy { get; init; }

    /// <inheritdoc/>
    public bool Equals(OperatorSubtaskState? other) =>
        other is not null
        && Index == other.Index
        && IsFinished == other.IsFinished
        && ManagedOperatorState == other.ManagedOperatorState
        && RawOperatorState == other.RawOperatorState
        && ManagedKeyedState == other.ManagedKeyedState
        && RawKeyedState == other.RawKeyedState
        && ReferenceCheckpointId == other.ReferenceCheckpointId
        && Legacy == other.Legacy
        && ContentEquality.Same(InputChannelState, other.InputChannelState)
        && ContentEquality.Same(ResultSubpartitionState, other.ResultSubpartitionState);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Index, ManagedOperatorState, ManagedKeyedState, InputChannelState.Length);
}
