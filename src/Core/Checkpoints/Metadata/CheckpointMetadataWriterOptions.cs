namespace Cairn.Checkpoints.Metadata;

/// <summary>How metadata is written. Immutable.</summary>
public sealed record CheckpointMetadataWriterOptions
{
    internal static readonly CheckpointMetadataWriterOptions Default = new();

    /// <summary>The version to write, 0 to 6, or experimentally 7; null for the version of the metadata.</summary>
    public int? Version { get; init; }

    /// <summary>
    /// Whether what the version has no place for is left out. Without it the writer refuses, and says what would be lost and of which operator.
    /// </summary>
    public bool AllowLoss { get; init; }

    /// <summary>Told of each thing that is left out, and of which operator, while the file is written; null when nobody listens.</summary>
    public Action<string>? Lost { get; init; }

    /// <summary>
    /// The directory in which the file will lie, as the paths of its files name it; null when it is not known. Files that are relative to
    /// another directory are then written with their absolute path, as Flink 2.4 does; data of channels stays relative.
    /// </summary>
    public string? Directory { get; init; }
}
