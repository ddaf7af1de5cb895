using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>What a checkpoint has of one operator. Follows Flink's <c>OperatorState</c> and <c>FullyFinishedOperatorState</c>.</summary>
/// <remarks>Immutable; equal when all it says is equal, subtasks in their order. In versions 0 and 1 an entry is of a task, a chain of operators.</remarks>
public sealed record OperatorState
{
    /// <summary>The operator; in versions 0 and 1 the task.</summary>
    public required OperatorId Id { get; init; }

    /// <summary>The operator's name, null when unknown, never empty. Version 5 and newer.</summary>
    public string? Name { get; init; }

    /// <summary>The uid that the user gave to the operator, null when unknown, never empty. Version 5 and newer.</summary>
    public string? Uid { get; init; }

    /// <summary>How many subtasks the operator had.</summary>
    public required int Parallelism { get; init; }

    /// <summary>The number of key groups, the most subtasks the operator can have; −1 in version 0, which has no place for it.</summary>
    public required int MaxParallelism { get; init; }

    /// <summary>Versions 1 and 2: how many operators are chained into the task; always 1 in version 2.</summary>
    public int ChainLength { get; init; } = 1;

    /// <summary>State of the operator's coordinator, always inline; null when there is none. Version 3 and newer.</summary>
    public ByteStreamStateHandle? CoordinatorState { get; init; }

    /// <summary>Whether all subtasks had finished before the checkpoint; there is no state then. Version 3 and newer.</summary>
    public bool IsFullyFinished { get; init; }

    /// <summary>The subtasks that have something to say, in the order of the file; those without state may be missing.</summary>
    public ImmutableArray<OperatorSubtaskState> Subtasks { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>Version 0: the states of key groups.</summary>
    public ImmutableArray<SerializedKeyGroupState> KeyGroupStates { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <inheritdoc/>
    public bool Equals(OperatorState? other) =>
        other is not null
        && Id == other.Id
        && Name == other.Name
        && Uid == other.Uid
        && Parallelism == other.Parallelism
        && MaxParallelism == other.MaxParallelism
        && ChainLength == other.ChainLength
        && CoordinatorState == other.CoordinatorState
        && IsFullyFinished == other.IsFullyFinished
        && ContentEquality.Same(Subtasks, other.Subtasks)
        && ContentEquality.Same(KeyGroupStates, other.KeyGroupStates);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Id, Parallelism, MaxParallelism, Subtasks.Length);
}
