using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>Where one checkpoint or savepoint is being written. Thread safe. Follows Flink's <c>CheckpointStorageLocation</c>.</summary>
public interface ICheckpointStorageLocation : ICheckpointStreamFactory
{
    /// <summary>What a task on another machine needs to write to this location.</summary>
    CheckpointStorageLocationReference LocationReference { get; }

    /// <summary>Opens the stream for the checkpoint's <c>_metadata</c>, whose finish is the commit of the whole checkpoint.</summary>
    Task<CheckpointMetadataOutputStream> CreateMetadataOutputStreamAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes back what this attempt wrote, by exact path: the state files that streams of this location finished. Never a prefix, never <c>_metadata</c>:
    /// the directory may hold the winner's files.
    /// </summary>
    Task DisposeOnFailureAsync(CancellationToken cancellationToken = default);
}
