using Cairn.Checkpoints.Metadata;

namespace Cairn.Checkpoints;

/// <summary>A checkpoint or savepoint that is durable. Immutable. Follows Flink's <c>CompletedCheckpoint</c>.</summary>
public sealed record CompletedCheckpoint
{
    /// <summary>Its id; ids grow from checkpoint to checkpoint, also across restarts.</summary>
    public required long Id { get; init; }

    /// <summary>What restores it: the URI of its directory.</summary>
    public required string ExternalPointer { get; init; }

    /// <summary>All that its <c>_metadata</c> says.</summary>
    public required CheckpointMetadata Metadata { get; init; }

    /// <summary>Whether it is a savepoint, which is never discarded by the job.</summary>
    public bool IsSavepoint { get; init; }

    /// <summary>From begin to durable; zero for one that was found when the job was opened.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>Bytes of <c>_metadata</c>, inline state included.</summary>
    public long MetadataSize { get; init; }

    /// <summary>Bytes of state in files.</summary>
    public long StateFileSize { get; init; }

    /// <summary>How many state files it has.</summary>
    public int StateFileCount { get; init; }

    /// <summary>What a subtask of the same parallelism had; null when there is nothing.</summary>
    internal OperatorSubtaskState? FindState(OperatorSubtask task)
    {
        var id = task.OperatorId;
        return Metadata.Operators.FirstOrDefault(o => o.Id == id && o.Parallelism == task.Parallelism)?.Subtasks.FirstOrDefault(s => s.Index == task.Index);
    }
}
