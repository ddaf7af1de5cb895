namespace Cairn.Checkpoints.Metadata;

/// <summary>Which checkpoints may share files with a snapshot. Follows Flink's <c>SnapshotType.SharingFilesStrategy</c>.</summary>
public enum SharingFilesStrategy
{
    /// <summary>Earlier and later ones.</summary>
    ForwardBackward = 0,

    /// <summary>Later ones only.</summary>
    Forward = 1,

    /// <summary>None.</summary>
    NoSharing = 2,
}
