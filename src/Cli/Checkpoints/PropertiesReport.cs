using Cairn.Checkpoints.Metadata;

namespace Cairn.Cli.Checkpoints;

/// <summary>The properties of a checkpoint in JSON.</summary>
internal sealed record PropertiesReport(
    string Type,
    bool IsSavepoint,
    string? Format,
    string? PostCheckpointAction,
    string? SharingFiles,
    bool DiscardSubsumed,
    bool DiscardFinished,
    bool DiscardCancelled,
    bool DiscardFailed,
    bool DiscardSuspended,
    bool Forced,
    bool Unclaimed)
{
    public static PropertiesReport Of(CheckpointProperties properties) => new(
        properties.SnapshotType.Name,
        properties.SnapshotType is SavepointType,
        (properties.SnapshotType as SavepointType)?.FormatType.ToString(),
        (properties.SnapshotType as SavepointType)?.PostCheckpointAction.ToString(),
        (properties.SnapshotType as CheckpointType)?.SharingFilesStrategy.ToString(),
        properties.DiscardSubsumed,
        properties.DiscardFinished,
        properties.DiscardCancelled,
        properties.DiscardFailed,
        properties.DiscardSuspended,
        properties.Forced,
        properties.Unclaimed);
}
