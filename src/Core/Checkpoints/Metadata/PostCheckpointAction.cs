namespace Cairn.Checkpoints.Metadata;

/// <summary>What happens to a job after its savepoint. Follows Flink's <c>SavepointType.PostCheckpointAction</c>.</summary>
public enum PostCheckpointAction
{
    /// <summary>It goes on.</summary>
    None = 0,

    /// <summary>It stops, and is to be started again.</summary>
    Suspend = 1,

    /// <summary>It ends: sources are drained and event time runs out.</summary>
    Terminate = 2,
}
