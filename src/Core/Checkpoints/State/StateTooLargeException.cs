namespace Cairn.Checkpoints.State;

/// <summary>A piece of state is larger than the memory backend takes. Nothing was stored, and what was stored before is untouched.</summary>
public sealed class StateTooLargeException : IOException
{
    /// <summary>Makes one.</summary>
    /// <param name="size">Bytes that there were when the limit was passed.</param>
    /// <param name="maxSize">Bytes that are allowed.</param>
    public StateTooLargeException(long size, long maxSize)
        : base($"Size of the state is larger than the maximum permitted memory-backed state. Size={size}, maxSize={maxSize}. "
            + "Consider using a different checkpoint storage: set Cairn:Checkpoints:Backend to FileSystem, or raise Cairn:Checkpoints:MaxStateSize.")
    {
        Size = size;
        MaxSize = maxSize;
    }

    /// <summary>Bytes that there were when the limit was passed.</summary>
    public long Size { get; }

    /// <summary>Bytes that are allowed.</summary>
    public long MaxSize { get; }
}
