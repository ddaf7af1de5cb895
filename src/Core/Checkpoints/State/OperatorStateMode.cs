namespace Cairn.Checkpoints.State;

/// <summary>How the entries of an operator state are given out after a restore. Follows Flink's <c>OperatorStateHandle.Mode</c>.</summary>
public enum OperatorStateMode
{
    /// <summary>Each entry goes to one subtask.</summary>
    SplitDistribute = 0,

    /// <summary>All entries go to every subtask.</summary>
    Union = 1,

    /// <summary>Every subtask has the same content.</summary>
    Broadcast = 2,
}
