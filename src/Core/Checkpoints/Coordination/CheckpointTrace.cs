using System.Diagnostics;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// The one activity of a checkpoint, from its beginning to its end, whatever threads work for it. It is the current one inside the checkpoint's own calls
/// only, so that its uploads hang below it and the caller's own work does not. Ends once; counts how.
/// </summary>
internal sealed class CheckpointTrace
{
    private readonly JobId _job;
    private readonly bool _isSavepoint;
    private readonly Activity? _activity;

    public CheckpointTrace(JobId job, long id, bool isSavepoint)
    {
        _job = job;
        _isSavepoint = isSavepoint;
        var caller = Activity.Current;
        _activity = CairnTelemetry.ActivitySource.StartActivity("cairn.checkpoint");
        _activity?.SetTag(CheckpointInstruments.JobTag, job.ToString())
            .SetTag(CheckpointInstruments.KindTag, CheckpointInstruments.KindOf(isSavepoint))
            .SetTag("cairn.checkpoint.id", id);
        Activity.Current = caller;
    }

    /// <summary>Makes the checkpoint's activity the current one until the asynchronous method that calls this ends.</summary>
    public void Enter()
    {
        if (_activity is not null)
            Activity.Current = _activity;
    }

    public void Completed(CompletedCheckpoint checkpoint)
    {
        CheckpointInstruments.Completed(_job, checkpoint);
        _activity?.SetTag("cairn.checkpoint.metadata_size", checkpoint.MetadataSize)
            .SetTag("cairn.checkpoint.file_size", checkpoint.StateFileSize)
            .SetTag("cairn.checkpoint.files", checkpoint.StateFileCount);
        End();
    }

    public void Failed(CheckpointFailureReason reason)
    {
        CheckpointInstruments.Failed(_job, _isSavepoint, reason);
        _activity?.SetTag(CheckpointInstruments.ErrorTag, reason.ToString()).SetStatus(ActivityStatusCode.Error);
        End();
    }

    /// <summary>Stopping an activity makes the one before it current, which is the caller's business; so that is undone.</summary>
    private void End()
    {
        if (_activity is null)
            return;
        var current = Activity.Current;
        _activity.Stop();
        Activity.Current = current == _activity ? _activity.Parent : current;
    }
}
