using Cairn.Checkpoints.Metadata;

namespace Cairn.Checkpoints;

/// <summary>How a job's checkpoints are taken, kept and restored.</summary>
public sealed record CheckpointCoordinatorOptions
{
    /// <summary>How many completed checkpoints are kept, from 1; 1 by default. Savepoints do not count and are never discarded.</summary>
    public int Retained { get; init; } = 1;

    /// <summary>How long after one checkpoint was completed the next is due; 10 seconds by default.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a checkpoint may take from its beginning before it is aborted; 10 minutes by default, <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> for ever.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The checkpoint or savepoint to start from, as a pointer; null starts from the job's latest checkpoint. It is used once: when the job's latest
    /// checkpoint was taken by a run with this very pointer, that run started from it or from what followed it, and the latest wins. So a process that is
    /// restarted with the same settings goes on and does not fall back. Another pointer is used, and this one again after a run without it has completed a checkpoint.
    /// </summary>
    public string? RestoreFrom { get; init; }

    /// <summary>Whether <see cref="RestoreFrom"/> is used although the job has gone on from it already: rolls back once more. For one start, not for a setting that stays.</summary>
    public bool RestoreFromAgain { get; init; }

    /// <summary>Whose the checkpoint is that <see cref="RestoreFrom"/> names; by default it stays its owner's.</summary>
    public RecoveryClaimMode ClaimMode { get; init; }

    /// <summary>
    /// Whether an older checkpoint, or what <see cref="RestoreFrom"/> names, may stand in for a latest one that cannot be read. False by default: then opening fails
    /// and names both. Where there is neither, opening fails in any case: a job never starts afresh beside checkpoints of its own.
    /// </summary>
    public bool AllowOlderWhenCorrupt { get; init; }

    /// <summary>The version of the <c>_metadata</c> that is written, 2 (Flink 1.3) to 6 (Flink 2.1); the newest by default.</summary>
    public int MetadataVersion { get; init; } = CheckpointMetadata.LatestVersion;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Retained, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Interval, TimeSpan.Zero);
        if (Timeout != System.Threading.Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MetadataVersion, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MetadataVersion, CheckpointMetadata.LatestVersion);
        if (RestoreFrom is not null)
            ArgumentException.ThrowIfNullOrWhiteSpace(RestoreFrom);
    }
}
