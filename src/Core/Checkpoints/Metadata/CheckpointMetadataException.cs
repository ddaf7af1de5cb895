namespace Cairn.Checkpoints.Metadata;

/// <summary>The bytes are not a <c>_metadata</c> file of a known version, or the metadata cannot be written as one.</summary>
public sealed class CheckpointMetadataException : IOException
{
    /// <summary>Makes an exception that names no place.</summary>
    public CheckpointMetadataException()
    {
    }

    /// <summary>Makes an exception that names no place.</summary>
    public CheckpointMetadataException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception that names no place.</summary>
    public CheckpointMetadataException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    internal CheckpointMetadataException(string problem, string field, long offset)
        : base(Describe(problem, field, offset))
    {
        Field = field;
        Offset = offset;
    }

    /// <summary>Where the offending bytes begin, in bytes from the start of the file; −1 when the error is not one of bytes.</summary>
    public long Offset { get; } = -1;

    /// <summary>The field at fault, for example <c>operators[3].subtasks[0].managedKeyedState.delegate</c>; empty when no field is.</summary>
    public string Field { get; } = "";

    private static string Describe(string problem, string field, long offset)
    {
        string place = field.Length == 0 ? "" : $"{field}: ";
        return offset < 0 ? $"{place}{problem}" : $"{place}{problem} (at byte {offset})";
    }
}
