namespace Cairn.Checkpoints.Metadata;

/// <summary>A snapshot that a user asked for. Follows Flink's <c>SavepointType</c>.</summary>
/// <param name="Name">The kind in words.</param>
/// <param name="FormatType">How the state is encoded.</param>
/// <param name="PostCheckpointAction">What happens to the job afterwards.</param>
public sealed record SavepointType(string Name, SavepointFormatType FormatType, PostCheckpointAction PostCheckpointAction) : SnapshotType(Name)
{
    /// <summary>The type of a savepoint, after which the job goes on, is suspended or ends.</summary>
    public static SavepointType Of(SavepointFormatType format, PostCheckpointAction action = PostCheckpointAction.None) =>
        new(action == PostCheckpointAction.None ? "Savepoint" : $"{action} Savepoint", format, action);
}
