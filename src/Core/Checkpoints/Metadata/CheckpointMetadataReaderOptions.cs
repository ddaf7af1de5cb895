namespace Cairn.Checkpoints.Metadata;

/// <summary>How metadata is read. Immutable.</summary>
public sealed record CheckpointMetadataReaderOptions
{
    internal static readonly CheckpointMetadataReaderOptions Default = new();

    /// <summary>
    /// The directory that holds the file, which its relative paths start from; null leaves them relative. Without scheme or credentials
    /// being interpreted: it is put before the paths as it is.
    /// </summary>
    public string? Directory { get; init; }
}
