namespace Cairn.Checkpoints.Metadata;

/// <summary>How a checkpoint is retained and what kind of snapshot it is. Follows Flink's <c>CheckpointProperties</c>.</summary>
/// <remarks>Immutable; equal when all it says is equal. Without a value set, every flag is false.</remarks>
public sealed record CheckpointProperties
{
    /// <summary>What kind of snapshot the checkpoint is.</summary>
    public required SnapshotType SnapshotType { get; init; }

    /// <summary>Whether it is discarded when the job is cancelled.</summary>
    public bool DiscardCancelled { get; init; }

    /// <summary>Whether it is discarded when the job fails for good.</summary>
    public bool DiscardFailed { get; init; }

    /// <summary>Whether it is discarded when the job finishes.</summary>
    public bool DiscardFinished { get; init; }

    /// <summary>Whether it is discarded when newer checkpoints take its place.</summary>
    public bool DiscardSubsumed { get; init; }

    /// <summary>Whether it is discarded when the job is suspended.</summary>
    public bool DiscardSuspended { get; init; }

    /// <summary>Whether it was taken regardless of other checkpoints under way.</summary>
    public bool Forced { get; init; }

    /// <summary>Whether the snapshot belongs to nobody: the job restored from it without taking it over.</summary>
    public bool Unclaimed { get; init; }

    /// <summary>A checkpoint that goes when the job ends, however it ends.</summary>
    public static CheckpointProperties NeverRetained { get; } = new()
    {
        SnapshotType = CheckpointType.Checkpoint,
        DiscardCancelled = true,
        DiscardFailed = true,
        DiscardFinished = true,
        DiscardSubsumed = true,
        DiscardSuspended = true,
    };

    /// <summary>A checkpoint that stays when the job fails.</summary>
    public static CheckpointProperties RetainedOnFailure { get; } = NeverRetained with { DiscardFailed = false };

    /// <summary>A checkpoint that stays when the job fails, is cancelled or is suspended.</summary>
    public static CheckpointProperties RetainedOnCancellation { get; } =
        RetainedOnFailure with { DiscardCancelled = false, DiscardSuspended = false };

    /// <summary>A savepoint, which stays until its owner deletes it.</summary>
    /// <param name="format">How the state is encoded.</param>
    /// <param name="action">What happens to the job afterwards.</param>
    /// <param name="forced">Whether it is taken regardless of other checkpoints; Flink says so unless unaligned checkpoints are enabled.</param>
    public static CheckpointProperties Savepoint(
        SavepointFormatType format,
        PostCheckpointAction action = PostCheckpointAction.None,
        bool forced = true) =>
        new() { SnapshotType = SavepointType.Of(format, action), Forced = forced };

    /// <summary>A snapshot that a job restored from without taking it over.</summary>
    public static CheckpointProperties UnclaimedSnapshot { get; } = Savepoint(SavepointFormatType.Canonical, forced: false) with { Unclaimed = true };
}
