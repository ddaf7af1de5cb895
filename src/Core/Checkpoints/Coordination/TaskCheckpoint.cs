using Cairn.Checkpoints.Coordination;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>
/// A checkpoint as a task on another machine sees it: it gets a <see cref="CheckpointTrigger"/>, writes its state to the location that this names, and
/// answers with a <see cref="CheckpointAcknowledgement"/>, which its sender hands to <see cref="CheckpointCoordinator.AcknowledgeAsync"/>. Thread safe.
/// </summary>
/// <remarks>What a task wrote and never acknowledged is nobody's: it is left to a search for orphaned files.</remarks>
public sealed class TaskCheckpoint
{
    private TaskCheckpoint(CheckpointTrigger trigger, ICheckpointStreamFactory streams)
    {
        Trigger = trigger;
        Streams = streams;
    }

    /// <summary>What the task was told.</summary>
    public CheckpointTrigger Trigger { get; }

    /// <summary>Where the task's state goes, for a task that opens its own streams.</summary>
    public ICheckpointStreamFactory Streams { get; }

    /// <summary>Takes part in a checkpoint. Sends nothing.</summary>
    /// <param name="storage">The job's storage, configured as the coordinator's is; not owned.</param>
    /// <param name="trigger">What the coordinator sent.</param>
    /// <exception cref="ArgumentException">The trigger is of another job.</exception>
    /// <exception cref="FormatException">The location in it is no path.</exception>
    public static TaskCheckpoint Open(FileSystemCheckpointStorageBase storage, CheckpointTrigger trigger)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(trigger);
        if (trigger.JobId != storage.JobId)
            throw new ArgumentException($"The trigger is of job {trigger.JobId}, the storage of job {storage.JobId}.", nameof(trigger));
        return new TaskCheckpoint(trigger, storage.ResolveCheckpointStorageLocation(trigger.CheckpointId, trigger.Location));
    }

    /// <summary>Writes the state of <paramref name="task"/>.</summary>
    /// <exception cref="StateTooLargeException">The backend does not take so much.</exception>
    /// <exception cref="FileSystems.FileSystemException">The store failed.</exception>
    public async Task<CheckpointAcknowledgement> WriteAsync(OperatorSubtask task, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        task.Validate();
        ArgumentNullException.ThrowIfNull(write);
        var state = await Streams.WriteAsync(CheckpointedStateScope.Exclusive, $"{task}", write, cancellationToken).ConfigureAwait(false);
        return Acknowledge(task, SubtaskStates.OfStream(task.Index, state));
    }

    /// <summary>Writes keyed state incrementally: files that <paramref name="baseState"/> has are used again.</summary>
    /// <param name="task">Whose state it is; its key groups follow from its index.</param>
    /// <param name="baseState">What this task acknowledged for <see cref="CheckpointTrigger.BaseCheckpointId"/>; null writes everything.</param>
    /// <param name="write">Adds the files.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ArgumentException">The base is of another checkpoint than the trigger allows.</exception>
    /// <exception cref="FileSystems.FileSystemException">The store failed.</exception>
    public async Task<CheckpointAcknowledgement> WriteIncrementalAsync(
        OperatorSubtask task, IncrementalRemoteKeyedStateHandle? baseState, Func<IncrementalSnapshot, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        task.Validate();
        ArgumentNullException.ThrowIfNull(write);
        if (baseState is not null && baseState.CheckpointId != Trigger.BaseCheckpointId)
            throw new ArgumentException($"The base is of checkpoint {baseState.CheckpointId}; checkpoint {Trigger.CheckpointId} may build on {Trigger.BaseCheckpointId?.ToString() ?? "none"}.", nameof(baseState));
        var snapshot = new IncrementalSnapshot(Streams, Trigger.CheckpointId, task.KeyGroups, baseState);
        await write(snapshot, cancellationToken).ConfigureAwait(false);
        return Acknowledge(task, SubtaskStates.OfKeyed(task.Index, snapshot.ToHandle()));
    }

    /// <summary>Acknowledges state of any kind that the task wrote by itself.</summary>
    public CheckpointAcknowledgement Acknowledge(OperatorSubtask task, OperatorSubtaskState state)
    {
        var acknowledgement = new CheckpointAcknowledgement(Trigger.JobId, Trigger.CheckpointId, task, state);
        acknowledgement.Validate();
        return acknowledgement;
    }

    /// <summary>Acknowledges that <paramref name="task"/> has finished and has no state.</summary>
    public CheckpointAcknowledgement AcknowledgeFinished(OperatorSubtask task) => Acknowledge(task, SubtaskStates.Finished(task.Index));
}
