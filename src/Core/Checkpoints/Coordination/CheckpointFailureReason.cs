namespace Cairn.Checkpoints;

/// <summary>Why a checkpoint was not completed, or could not be used. Follows Flink's <c>CheckpointFailureReason</c>.</summary>
public enum CheckpointFailureReason
{
    /// <summary>Another reason; the message says it.</summary>
    Unspecified = 0,

    /// <summary>The job gave it up: it was disposed before it was complete, or the job was closed.</summary>
    Aborted,

    /// <summary>It was not complete within <see cref="CheckpointCoordinatorOptions.Timeout"/>.</summary>
    Expired,

    /// <summary>A newer checkpoint was completed before it.</summary>
    Subsumed,

    /// <summary>The store refused its commit, or failed.</summary>
    StoreFailed,

    /// <summary>Whether it was committed could not be found out: the next start restores it if it was.</summary>
    OutcomeUnknown,

    /// <summary>Another process owns the job now.</summary>
    Fenced,

    /// <summary>A task acknowledged what this checkpoint cannot have: state twice, or of a checkpoint that it may not build on.</summary>
    InvalidAcknowledgement,
}
