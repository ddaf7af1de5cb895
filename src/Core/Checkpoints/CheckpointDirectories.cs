using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>
/// Where the parts of a job's checkpoints lie below its checkpoint directory; the names of Flink's <c>AbstractFsCheckpointStorage</c>,
/// and <c>epochs</c> and <c>claims</c>, which are ours.
/// </summary>
/// <param name="Job">The job's own directory: the checkpoint directory and the job's id.</param>
internal sealed record CheckpointDirectories(StoragePath Job)
{
    /// <summary>The commit point of a checkpoint: it exists exactly when this file does.</summary>
    public const string MetadataFileName = "_metadata";

    public const string SharedName = "shared";

    public const string TaskOwnedName = "taskowned";

    public const string EpochsName = "epochs";

    public const string ClaimsName = "claims";

    private const string CheckpointPrefix = "chk-";

    public StoragePath Shared => Job / SharedName;

    public StoragePath TaskOwned => Job / TaskOwnedName;

    public StoragePath Epochs => Job / EpochsName;

    public StoragePath Claims => Job / ClaimsName;

    public static CheckpointDirectories Of(StoragePath checkpointDirectory, JobId jobId) => new(checkpointDirectory / jobId.ToString());

    public StoragePath Checkpoint(long checkpointId) => Job / $"{CheckpointPrefix}{checkpointId}";

    public StoragePath Metadata(long checkpointId) => Checkpoint(checkpointId) / MetadataFileName;

    public StoragePath Epoch(long epoch) => Epochs / $"{epoch}";

    /// <summary>The directories of the job that a checkpoint directory belongs to; null when it is none of a job, like a savepoint's.</summary>
    public static CheckpointDirectories? OfCheckpoint(StoragePath checkpointDirectory) =>
        CheckpointId(checkpointDirectory.Name) is not null && JobId.TryParse(checkpointDirectory.Parent!.Name, out _) ? new(checkpointDirectory.Parent) : null;

    /// <summary>The id in a checkpoint directory's name, or null for any other name.</summary>
    public static long? CheckpointId(string directoryName) =>
        directoryName.StartsWith(CheckpointPrefix, StringComparison.Ordinal) ? Number(directoryName.AsSpan(CheckpointPrefix.Length)) : null;

    /// <summary>A number as this layout writes it: digits only, no sign, no leading zero.</summary>
    public static long? Number(ReadOnlySpan<char> digits) =>
        digits.IndexOfAnyExceptInRange('0', '9') < 0 && digits is "0" or [>= '1' and <= '9', ..] && long.TryParse(digits, out var number) ? number : null;
}
