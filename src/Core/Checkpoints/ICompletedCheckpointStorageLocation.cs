using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>Where a completed checkpoint or savepoint lies. Follows Flink's <c>CompletedCheckpointStorageLocation</c>.</summary>
public interface ICompletedCheckpointStorageLocation
{
    /// <summary>What a user gives to restore from it: the directory's URI, or a constant text for a checkpoint that lives in memory only.</summary>
    string ExternalPointer { get; }

    /// <summary>The bytes of <c>_metadata</c>.</summary>
    StreamStateHandle MetadataHandle { get; }

    /// <summary>Removes the checkpoint's directory where directories are real and it is empty; metadata and states are discarded before, by those who know them.</summary>
    Task DisposeStorageLocationAsync(CancellationToken cancellationToken = default);
}
