using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>
/// Where the checkpoints of one job go. Thread safe.
/// Follows Flink 1.7's <c>CheckpointStorage</c>, with the separate initialisation of later releases.
/// </summary>
public interface ICheckpointStorage
{
    /// <summary>Whether checkpoints outlive this process, so that another one can restore them.</summary>
    bool SupportsHighlyAvailableStorage { get; }

    /// <summary>Whether a savepoint can be made without naming a directory.</summary>
    bool HasDefaultSavepointLocation { get; }

    /// <summary>Finds the checkpoint or savepoint that <paramref name="externalPointer"/> names: its directory, its <c>_metadata</c>, or any file.</summary>
    /// <exception cref="ArgumentException">The pointer is empty.</exception>
    /// <exception cref="FileSystems.FileSystemException">It is not a path, its scheme has no file system, nothing is there, or the store failed; the code says which.</exception>
    Task<ICompletedCheckpointStorageLocation> ResolveCheckpointAsync(string externalPointer, CancellationToken cancellationToken = default);

    /// <summary>Makes the directories that all checkpoints share, where directories are real. Called once, by the coordinator.</summary>
    Task InitializeBaseLocationsAsync(CancellationToken cancellationToken = default);

    /// <summary>The location for a new checkpoint.</summary>
    /// <param name="checkpointId">0 or higher; used once.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<ICheckpointStorageLocation> InitializeLocationForCheckpointAsync(long checkpointId, CancellationToken cancellationToken = default);

    /// <summary>The location for a new savepoint, in a directory of its own below <paramref name="externalLocation"/> or the default.</summary>
    /// <exception cref="ArgumentException">Neither a location was given nor a default configured.</exception>
    Task<ICheckpointStorageLocation> InitializeLocationForSavepointAsync(long checkpointId, string? externalLocation = null, CancellationToken cancellationToken = default);

    /// <summary>What a task uses to write to the location that <paramref name="reference"/> names. Sends nothing.</summary>
    ICheckpointStreamFactory ResolveCheckpointStorageLocation(long checkpointId, CheckpointStorageLocationReference reference);

    /// <summary>A stream for state that a task owns itself: no checkpoint's discard removes it.</summary>
    Task<CheckpointStateOutputStream> CreateTaskOwnedStateStreamAsync(CancellationToken cancellationToken = default);
}
