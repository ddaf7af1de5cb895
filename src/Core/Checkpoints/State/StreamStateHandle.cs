namespace Cairn.Checkpoints.State;

/// <summary>Says where the bytes of a piece of state are. Follows Flink's <c>StreamStateHandle</c>.</summary>
/// <remarks>
/// Handles are immutable and know no file system; paths are the text of the file that named them. Handles are equal when all they say is equal.
/// (Flink compares inline handles by name alone and files by path alone.)
/// </remarks>
public abstract record StreamStateHandle
{
    private protected StreamStateHandle()
    {
    }

    /// <summary>The number of bytes; negative when it is not known.</summary>
    public abstract long StateSize { get; }
}
