namespace Cairn.Checkpoints;

/// <summary>Whose a checkpoint or savepoint is that a job starts from by pointer. Follows Flink's <c>RecoveryClaimMode</c>.</summary>
/// <remarks>A checkpoint in the job's own directory is the job's own whatever the mode.</remarks>
public enum RecoveryClaimMode
{
    /// <summary>It stays its owner's: the job never deletes any of it and its first checkpoint uses none of it.</summary>
    NoClaim = 0,

    /// <summary>It becomes the job's: it counts as one of the retained checkpoints, may be built on, and is discarded by its exact paths when it is needed no longer.</summary>
    Claim = 1,
}
