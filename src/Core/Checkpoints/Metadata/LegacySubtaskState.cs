using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>What only files of versions 0 to 2 (Flink 1.1 to 1.10) say of a subtask.</summary>
/// <remarks>Immutable; equal when all it says is equal.</remarks>
public sealed record LegacySubtaskState
{
    /// <summary>How long the snapshot took, in milliseconds; −1 when it is not known, as always in version 2.</summary>
    public long Duration { get; init; } = -1;

    /// <summary>Versions 1 and 2: states made through interfaces that Flink 1.4 removed, one per operator of the task's chain, null where there is none.</summary>
    public ImmutableArray<StreamStateHandle?> States { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>Version 1: the managed operator states of the task's chained operators, null where one has none. The chain's head comes last.</summary>
    public ImmutableArray<OperatorStateHandle?> ManagedOperatorStates { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>Version 1: the raw operator states of the task's chained operators, in the same order.</summary>
    public ImmutableArray<OperatorStateHandle?> RawOperatorStates { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>Version 0: all state of the subtask as one opaque Java-serialized object; null where the file says so.</summary>
    public ReadOnlyMemory<byte>? SerializedState { get; init; }

    /// <summary>Version 0: the size of the state in bytes, as the writer counted it.</summary>
    public long SerializedStateSize { get; init; }

    /// <summary>Whether nothing is said beyond what later versions take for granted.</summary>
    internal bool IsDefault =>
        Duration == -1
        && States.IsEmpty
        && ManagedOperatorStates.IsEmpty
        && RawOperatorStates.IsEmpty
        && SerializedState is null
        && SerializedStateSize == 0;

    /// <inheritdoc/>
    public bool Equals(LegacySubtaskState? other) =>
        other is not null
        && Duration == other.Duration
        && SerializedStateSize == other.SerializedStateSize
        && ContentEquality.Same(SerializedState, other.SerializedState)
        && ContentEquality.Same(States, other.States)
        && ContentEquality.Same(ManagedOperatorStates, other.ManagedOperatorStates)
        && ContentEquality.Same(RawOperatorStates, other.RawOperatorStates);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Duration, SerializedStateSize, States.Length, ManagedOperatorStates.Length);
}
