using Microsoft.Extensions.Logging;

namespace Cairn.Checkpoints.Coordination;

/// <summary>What the coordinator logs.</summary>
internal static partial class CheckpointLog
{
    [LoggerMessage(1, LogLevel.Information, "Job {JobId} opened as owner of epoch {Epoch}")]
    public static partial void Opened(this ILogger logger, JobId jobId, long epoch);

    [LoggerMessage(2, LogLevel.Information, "Restored checkpoint {CheckpointId} from {Pointer}")]
    public static partial void Restored(this ILogger logger, long checkpointId, string pointer);

    [LoggerMessage(3, LogLevel.Debug, "Checkpoint {CheckpointId} completed in {Milliseconds} ms: {Pointer}")]
    public static partial void Completed(this ILogger logger, long checkpointId, double milliseconds, string pointer);

    [LoggerMessage(4, LogLevel.Warning, "Checkpoint {CheckpointId} was aborted")]
    public static partial void Aborted(this ILogger logger, long checkpointId);

    [LoggerMessage(5, LogLevel.Warning, "What aborted checkpoint {CheckpointId} wrote could not all be discarded; it is left to the sweep")]
    public static partial void CannotTakeBack(this ILogger logger, long checkpointId, Exception exception);

    [LoggerMessage(6, LogLevel.Debug, "Checkpoint {CheckpointId} discarded")]
    public static partial void Discarded(this ILogger logger, long checkpointId);

    [LoggerMessage(7, LogLevel.Warning, "Checkpoint {CheckpointId} could not be discarded; it is tried again after the next checkpoint")]
    public static partial void CannotDiscard(this ILogger logger, long checkpointId, Exception exception);

    [LoggerMessage(8, LogLevel.Warning, "Retained checkpoint {CheckpointId} cannot be read, so it is unknown which files it needs: nothing is discarded")]
    public static partial void CannotReadRetained(this ILogger logger, long checkpointId, Exception exception);

    [LoggerMessage(9, LogLevel.Error, "Job {JobId} was taken over; this process owned epoch {Epoch} and stops")]
    public static partial void Fenced(this ILogger logger, JobId jobId, long epoch);
}
