namespace Cairn.Checkpoints.Metadata;

/// <summary>How the state of a savepoint is encoded. Follows Flink's <c>SavepointFormatType</c>.</summary>
public enum SavepointFormatType
{
    /// <summary>A form that every state backend reads.</summary>
    Canonical = 0,

    /// <summary>The form of the state backend that wrote it.</summary>
    Native = 1,
}
