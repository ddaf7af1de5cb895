using Cairn.Checkpoints.Metadata;
using Cairn.FileSystems;

namespace Cairn.Checkpoints.Coordination;

/// <summary>Which tasks have acknowledged a checkpoint, and with what. Not thread safe.</summary>
internal sealed class AcknowledgedTasks(long checkpointId)
{
    private readonly Dictionary<(string Operator, int Index), (OperatorSubtask Task, OperatorSubtaskState State)> _tasks = [];

    /// <summary>What the task acknowledged before, or null.</summary>
    public OperatorSubtaskState? Find(OperatorSubtask task) => _tasks.TryGetValue((task.Operator, task.Index), out var found) ? found.State : null;

    public void Add(OperatorSubtask task, OperatorSubtaskState state) => _tasks.Add((task.Operator, task.Index), (task, state));

    /// <summary>The files that the state lies in.</summary>
    public IReadOnlyList<StoragePath> Files() => [.. CheckpointFiles.Of(_tasks.Values.SelectMany(t => StateHandleWalk.Streams(t.State)))];

    /// <exception cref="CheckpointException">The tasks of an operator disagree, or some have not acknowledged.</exception>
    public void ThrowUnlessWhole()
    {
        foreach (var tasks in ByOperator())
        {
            var (parallelism, maxParallelism) = (tasks.First().Task.Parallelism, tasks.First().Task.MaxParallelism);
            if (tasks.Any(t => t.Task.Parallelism != parallelism || t.Task.MaxParallelism != maxParallelism))
                throw new CheckpointException($"The tasks of operator '{tasks.Key}' do not agree on how many they are, or on the number of key groups, in checkpoint {checkpointId}.");
            if (tasks.Count() != parallelism)
                throw new CheckpointException($"Operator '{tasks.Key}' has {parallelism} tasks and {tasks.Count()} have acknowledged checkpoint {checkpointId}.");
        }
    }

    public CheckpointMetadata ToMetadata(int version, bool isSavepoint) => new()
    {
        Version = version,
        CheckpointId = checkpointId,
        Properties = version < 4 ? null : isSavepoint ? CheckpointProperties.Savepoint(SavepointFormatType.Native) : CheckpointProperties.RetainedOnCancellation,
        Operators = [.. ByOperator().OrderBy(o => o.Key, StringComparer.Ordinal).Select(o => ToOperator(o, version))],
    };

    private static OperatorState ToOperator(IGrouping<string, (OperatorSubtask Task, OperatorSubtaskState State)> tasks, int version)
    {
        var first = tasks.First().Task;
        var isFinished = tasks.All(t => t.State.IsFinished);
        return new OperatorState
        {
            Id = first.OperatorId,
            Name = version < 5 ? null : tasks.Key,
            Uid = version < 5 ? null : tasks.Key,
            Parallelism = first.Parallelism,
            MaxParallelism = first.MaxParallelism,
            IsFullyFinished = isFinished,
            Subtasks = isFinished ? [] : [.. tasks.OrderBy(t => t.Task.Index).Select(t => t.State)],
        };
    }

    private IEnumerable<IGrouping<string, (OperatorSubtask Task, OperatorSubtaskState State)>> ByOperator() => _tasks.Values.GroupBy(t => t.Task.Operator, StringComparer.Ordinal);
}
