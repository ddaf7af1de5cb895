namespace Cairn.Checkpoints;

/// <summary>A checkpoint cannot be completed or restored for a reason of the protocol, not of the store. The message says what to do.</summary>
public class CheckpointException : Exception
{
    /// <summary>Makes one.</summary>
    public CheckpointException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Why, for code that decides by it.</summary>
    public CheckpointFailureReason Reason { get; init; }
}
