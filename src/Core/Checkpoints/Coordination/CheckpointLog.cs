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

    [LoggerMessage(4, LogLevel.Warning, "Checkpoint {CheckpointId} was aborted: {Reason}")]
    public static partial void Aborted(this ILogger logger, long checkpointId, CheckpointFailureReason reason);

    [LoggerMessage(5, LogLevel.Warning, "What aborted checkpoint {CheckpointId} wrote could not all be discarded; what is known of it is tried again after the next checkpoint")]
    public static partial void CannotTakeBack(this ILogger logger, long checkpointId, Exception exception);

    [LoggerMessage(6, LogLevel.Debug, "Checkpoint {CheckpointId} discarded")]
    public static partial void Discarded(this ILogger logger, long checkpointId);

    [LoggerMessage(7, LogLevel.Warning, "Checkpoint {CheckpointId} could not be discarded; it is tried again after the next checkpoint")]
    public static partial void CannotDiscard(this ILogger logger, long checkpointId, Exception exception);

    [LoggerMessage(8, LogLevel.Warning, "Retained checkpoint {CheckpointId} cannot be read, so it is unknown which files it needs: nothing is discarded")]
    public static partial void CannotReadRetained(this ILogger logger, long checkpointId, Exception exception);

    [LoggerMessage(9, LogLevel.Error, "Job {JobId} was taken over; this process owned epoch {Epoch} and stops")]
    public static partial void Fenced(this ILogger logger, JobId jobId, long epoch);

    [LoggerMessage(10, LogLevel.Information, "The job has gone on from {Pointer} already; it goes on with its latest checkpoint {CheckpointId}")]
    public static partial void GoesOn(this ILogger logger, string pointer, long checkpointId);

    [LoggerMessage(11, LogLevel.Warning, "{Count} state files that no checkpoint uses any more could not be discarded; they are tried again after the next checkpoint")]
    public static partial void CannotDiscardFiles(this ILogger logger, int count, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "Discarding old checkpoints of job {JobId} failed; it is tried again after the next checkpoint")]
    public static partial void CannotClean(this ILogger logger, JobId jobId, Exception exception);

    [LoggerMessage(13, LogLevel.Information, "Task {Task} acknowledged checkpoint {CheckpointId} too late; what it wrote is discarded")]
    public static partial void TooLate(this ILogger logger, OperatorSubtask task, long checkpointId);

    [LoggerMessage(14, LogLevel.Information, "Claimed {Pointer} with {Files} files")]
    public static partial void Claimed(this ILogger logger, string pointer, int files);
}
