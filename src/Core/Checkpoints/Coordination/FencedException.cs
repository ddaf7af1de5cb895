namespace Cairn.Checkpoints;

/// <summary>
/// Another process has taken the job over. This one must stop: it reports no checkpoint and deletes nothing any more.
/// What it had reported complete before is safe.
/// </summary>
public sealed class FencedException : CheckpointException
{
    internal FencedException(JobId jobId, long epoch)
        : base($"Job {jobId} was taken over by another process: epoch {epoch + 1} exists and this process owns epoch {epoch}. Stop this process.")
    {
        Epoch = epoch;
    }

    /// <summary>The epoch that this process owned.</summary>
    public long Epoch { get; }
}
