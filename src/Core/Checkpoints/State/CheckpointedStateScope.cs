namespace Cairn.Checkpoints.State;

/// <summary>Whether state belongs to one checkpoint or may be used by several. Follows Flink's <c>CheckpointedStateScope</c>.</summary>
public enum CheckpointedStateScope
{
    /// <summary>The state belongs to one checkpoint and goes when that goes.</summary>
    Exclusive = 0,

    /// <summary>Several checkpoints may use the state; it goes with the last of them.</summary>
    Shared = 1,
}
