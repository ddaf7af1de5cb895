using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.FileSystems;

namespace Cairn.Hosting;

/// <summary>What a job's configuration says about its checkpoints: the section <c>Cairn</c>, or Flink's keys.</summary>
public sealed class CairnOptions
{
    /// <summary><c>Cairn:JobId</c>, or <c>Cairn:JobName</c> hashed: who the job is, from run to run.</summary>
    public JobId? JobId { get; set; }

    /// <summary><c>Cairn:JobName</c>.</summary>
    public string? JobName { get; set; }

    /// <summary><c>Cairn:Checkpoints:Directory</c>: below which the job gets a directory of its own; null keeps checkpoints in memory only.</summary>
    public StoragePath? Directory { get; set; }

    /// <summary><c>Cairn:Checkpoints:SavepointDirectory</c>: where savepoints go that name no directory.</summary>
    public StoragePath? SavepointDirectory { get; set; }

    /// <summary><c>Cairn:Checkpoints:Backend</c>; null is <see cref="CheckpointBackend.FileSystem"/> with a directory, else <see cref="CheckpointBackend.Memory"/>.</summary>
    public CheckpointBackend? Backend { get; set; }

    /// <summary><c>Cairn:Checkpoints:MaxStateSize</c>: bytes that one piece of state may have with the memory backend.</summary>
    public long MaxStateSize { get; set; } = MemoryBackendCheckpointStorage.DefaultMaxStateSize;

    /// <summary><c>Cairn:Checkpoints:InlineThreshold</c>: bytes up to which state stays inline with the file-system backend.</summary>
    public int InlineThreshold { get; set; } = FileSystemCheckpointStorage.DefaultInlineThreshold;

    /// <summary><c>Cairn:Checkpoints:Retained</c>: how many completed checkpoints are kept.</summary>
    public int Retained { get; set; } = 1;

    /// <summary><c>Cairn:Checkpoints:Interval</c>: how long after one checkpoint was completed the next is due.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary><c>Cairn:Checkpoints:Timeout</c>: how long a checkpoint may take before it is aborted.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary><c>Cairn:Checkpoints:RestoreFrom</c>: the checkpoint or savepoint to start from in place of the job's latest; used once, see <see cref="CheckpointCoordinatorOptions.RestoreFrom"/>.</summary>
    public string? RestoreFrom { get; set; }

    /// <summary><c>Cairn:Checkpoints:RestoreFromAgain</c>: roll back to <see cref="RestoreFrom"/> although the job has gone on from it already.</summary>
    public bool RestoreFromAgain { get; set; }

    /// <summary><c>Cairn:Checkpoints:ClaimMode</c>: whose the checkpoint is that <see cref="RestoreFrom"/> names.</summary>
    public RecoveryClaimMode ClaimMode { get; set; }

    /// <summary><c>Cairn:Checkpoints:MetadataVersion</c>: the version of Flink's format that is written.</summary>
    public int MetadataVersion { get; set; } = CheckpointMetadata.LatestVersion;
}
