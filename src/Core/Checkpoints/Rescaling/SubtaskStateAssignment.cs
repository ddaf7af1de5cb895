using System.Collections.Immutable;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>
/// What one subtask gets of an operator's state in a checkpoint, at whatever parallelism the checkpoint was taken. Immutable.
/// Follows Flink's <c>StateAssignmentOperation</c>.
/// </summary>
/// <param name="Task">The subtask.</param>
public sealed record SubtaskStateAssignment(OperatorSubtask Task)
{
    /// <summary>Operator state that the runtime manages: each handle names the entries that are this subtask's.</summary>
    public ImmutableArray<OperatorStateHandle> ManagedOperatorState { get; private init; } = [];

    /// <summary>Operator state that the operator encodes itself.</summary>
    public ImmutableArray<OperatorStateHandle> RawOperatorState { get; private init; } = [];

    /// <summary>Keyed state that the runtime manages, of this subtask's key groups; incremental handles may hold more, see <see cref="KeyedStateIntersection"/>.</summary>
    public ImmutableArray<KeyedStateHandle> ManagedKeyedState { get; private init; } = [];

    /// <summary>Keyed state that the operator encodes itself.</summary>
    public ImmutableArray<KeyedStateHandle> RawKeyedState { get; private init; } = [];

    /// <summary>Whether the operator had finished on all subtasks, or this subtask at the same parallelism: there is nothing to do.</summary>
    public bool IsFinished { get; private init; }

    /// <summary>Divides the state of one operator over <paramref name="parallelism"/> subtasks.</summary>
    /// <param name="metadata">The checkpoint.</param>
    /// <param name="operatorName">The operator's name, of which its id follows.</param>
    /// <param name="parallelism">How many subtasks there are now, from 1 to the operator's number of key groups.</param>
    /// <returns>One for each subtask; null when the checkpoint has nothing of the operator.</returns>
    /// <exception cref="CheckpointException">
    /// There are fewer key groups than subtasks; the operator has state of a subtask beyond its parallelism, which nobody would get; or it has data of channels, or
    /// subtasks of which only some have finished, and another parallelism.
    /// </exception>
    public static IReadOnlyList<SubtaskStateAssignment>? Divide(CheckpointMetadata metadata, string operatorName, int parallelism)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentException.ThrowIfNullOrEmpty(operatorName);
        ArgumentOutOfRangeException.ThrowIfLessThan(parallelism, 1);
        var id = OperatorId.FromName(operatorName);
        if (metadata.Operators.FirstOrDefault(o => o.Id == id) is not { } found)
            return null;
        var maxParallelism = found.MaxParallelism > 0 ? found.MaxParallelism : KeyGroupRangeAssignment.DefaultMaxParallelism(Math.Max(1, found.Parallelism));
        if (parallelism > maxParallelism)
            throw new CheckpointException($"Operator '{operatorName}' has {maxParallelism} key groups in checkpoint {metadata.CheckpointId}, which is the most subtasks it can have; {parallelism} are asked for.");
        if (found.Subtasks.FirstOrDefault(s => s.Index >= found.Parallelism) is { } stray)
            throw new CheckpointException($"Operator '{operatorName}' has {found.Parallelism} subtasks in checkpoint {metadata.CheckpointId}, and state of subtask {stray.Index} beside them: the checkpoint is damaged.");
        if (parallelism != found.Parallelism)
            ThrowUnlessDivisible(found, operatorName, metadata.CheckpointId);
        return Divide(found, Enumerable.Range(0, parallelism).Select(i => new OperatorSubtask(operatorName, i, parallelism) { MaxParallelism = maxParallelism }).ToList());
    }

    private static List<SubtaskStateAssignment> Divide(OperatorState state, List<OperatorSubtask> tasks)
    {
        var subtasks = new OperatorSubtaskState?[Math.Max(0, state.Parallelism)];
        foreach (var subtask in state.Subtasks)
            subtasks[subtask.Index] = subtask;
        var managed = OperatorStateRepartitioner.Repartition([.. subtasks.Select(s => s?.ManagedOperatorState)], tasks.Count);
        var raw = OperatorStateRepartitioner.Repartition([.. subtasks.Select(s => s?.RawOperatorState)], tasks.Count);
        var managedKeyed = subtasks.Select(s => s?.ManagedKeyedState).OfType<KeyedStateHandle>().ToList();
        var rawKeyed = subtasks.Select(s => s?.RawKeyedState).OfType<KeyedStateHandle>().ToList();
        return
        [
            .. tasks.Select(task => new SubtaskStateAssignment(task)
            {
                ManagedOperatorState = managed[task.Index],
                RawOperatorState = raw[task.Index],
                ManagedKeyedState = managedKeyed.Intersect(task.KeyGroups),
                RawKeyedState = rawKeyed.Intersect(task.KeyGroups),
                IsFinished = state.IsFullyFinished || (tasks.Count == subtasks.Length && subtasks[task.Index] is { IsFinished: true }),
            }),
        ];
    }

    private static void ThrowUnlessDivisible(OperatorState state, string name, long checkpointId)
    {
        if (state.Subtasks.Any(s => !s.InputChannelState.IsEmpty || !s.ResultSubpartitionState.IsEmpty))
            throw new CheckpointException($"Operator '{name}' has data of channels in checkpoint {checkpointId} (an unaligned checkpoint), which belongs to {state.Parallelism} subtasks: restore it with that parallelism.");
        if (state.Subtasks.Any(s => s.IsFinished))
            throw new CheckpointException($"Of operator '{name}' some of {state.Parallelism} subtasks have finished in checkpoint {checkpointId}: restore it with that parallelism.");
    }
}
