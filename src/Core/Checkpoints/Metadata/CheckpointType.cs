namespace Cairn.Checkpoints.Metadata;

/// <summary>A snapshot that the job took for itself. Follows Flink's <c>CheckpointType</c>.</summary>
/// <param name="Name">The kind in words.</param>
/// <param name="SharingFilesStrategy">Which checkpoints may share files with it.</param>
public sealed record CheckpointType(string Name, SharingFilesStrategy SharingFilesStrategy) : SnapshotType(Name)
{
    /// <summary>A usual checkpoint, which may use files of earlier ones.</summary>
    public static CheckpointType Checkpoint { get; } = new("Checkpoint", SharingFilesStrategy.ForwardBackward);

    /// <summary>A checkpoint that uses no files of earlier ones.</summary>
    public static CheckpointType FullCheckpoint { get; } = new("Full Checkpoint", SharingFilesStrategy.Forward);
}
