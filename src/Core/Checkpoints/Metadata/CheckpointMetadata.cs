using System.Collections.Immutable;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>The content of a <c>_metadata</c> file: all state of one checkpoint or savepoint. Follows Flink's <c>CheckpointMetadata</c>.</summary>
/// <remarks>
/// Immutable; equal when all it says is equal, in the same order. Knows no file system. What a file of any version says has its place here,
/// so a file that was read and is written again in its version is the same bytes.
/// </remarks>
public sealed record CheckpointMetadata
{
    /// <summary>The version of released Flink that is newest: 6, written by Flink 2.1 and later.</summary>
    public const int LatestVersion = 6;

    /// <summary>The version of the file, 0 to 6, or experimentally 7.</summary>
    public int Version { get; init; } = LatestVersion;

    /// <summary>The layout within the version, where releases of Flink differ.</summary>
    public MetadataDialect Dialect { get; init; }

    /// <summary>The number of the checkpoint, 0 or more.</summary>
    public required long CheckpointId { get; init; }

    /// <summary>How the checkpoint is retained and what kind of snapshot it is; null when the file does not say. Version 4 and newer.</summary>
    public CheckpointProperties? Properties { get; init; }

    /// <summary>
    /// The Java object stream with the properties, where it says more than <see cref="Properties"/> can; usually empty. It is written as it
    /// is and <see cref="Properties"/> is not; set it to <c>default</c> to write other properties.
    /// </summary>
    public ReadOnlyMemory<byte> UnrecognizedProperties { get; init; }

    /// <summary>The states of hooks that run once per job. Version 2 and newer.</summary>
    public ImmutableArray<MasterState> MasterStates { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>The operators, in the order of the file; in versions 0 and 1 the tasks.</summary>
    public ImmutableArray<OperatorState> Operators { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <inheritdoc/>
    public bool Equals(CheckpointMetadata? other) =>
        other is not null
        && Version == other.Version
        && Dialect == other.Dialect
        && CheckpointId == other.CheckpointId
        && Properties == other.Properties
        && ContentEquality.Same(UnrecognizedProperties, other.UnrecognizedProperties)
        && ContentEquality.Same(MasterStates, other.MasterStates)
        && ContentEquality.Same(Operators, other.Operators);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, CheckpointId, Properties, Operators.Length);
}
