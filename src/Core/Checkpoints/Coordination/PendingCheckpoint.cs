using Cairn.Checkpoints.Coordination;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>
/// A checkpoint that is being taken: tasks write their state or acknowledge what they wrote elsewhere, then it is completed.
/// Disposing it uncompleted aborts it; so does the time that it may take, and a newer checkpoint that is completed first.
/// Writes and acknowledgements may run in parallel; complete and dispose come after them. Follows Flink's <c>PendingCheckpoint</c>.
/// </summary>
public sealed class PendingCheckpoint : IAsyncDisposable
{
    private readonly CheckpointCoordinator _coordinator;
    private readonly Func<CancellationToken, Task<ICheckpointStorageLocation>> _initialize;
    private readonly AcknowledgedTasks _acknowledged;
    private readonly SemaphoreSlim _initializing = new(1, 1);
    private readonly TaskCompletionSource _takenBack = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly CheckpointTrace _trace;
    private ICheckpointStorageLocation? _location;
    private ITimer? _timer;
    private volatile State _state;
    private CheckpointFailureReason _reason;

    internal PendingCheckpoint(
        CheckpointCoordinator coordinator, long id, bool isSavepoint, CompletedCheckpoint? @base, Func<CancellationToken, Task<ICheckpointStorageLocation>> initialize)
    {
        _coordinator = coordinator;
        _initialize = initialize;
        _acknowledged = new AcknowledgedTasks(id);
        Id = id;
        IsSavepoint = isSavepoint;
        Base = @base;
        _trace = new CheckpointTrace(coordinator.JobId, id, isSavepoint);
    }

    private enum State
    {
        Open,
        Completing,
        Completed,
        Failed,
        OutcomeUnknown,
        Aborted,
    }

    /// <summary>The checkpoint's id.</summary>
    public long Id { get; }

    /// <summary>Whether it is a savepoint.</summary>
    public bool IsSavepoint { get; }

    /// <summary>
    /// The completed checkpoint whose files this one may use again; it is kept as long as this one is under way. Null when all state has to be written in full:
    /// in the first checkpoint of a job, in the first one after a start from anything but the job's latest (or a claimed one), and in every savepoint.
    /// </summary>
    public CompletedCheckpoint? Base { get; }

    internal long StartTimestamp { get; init; }

    internal CheckpointTrace Trace => _trace;

    /// <summary>The directory that is this checkpoint's own; null while a savepoint has none, and without a store.</summary>
    internal StoragePath? ExclusiveDirectory =>
        Volatile.Read(ref _location) is FileSystemCheckpointStorageLocation files ? files.ExclusiveDirectory
        : IsSavepoint ? null
        : _coordinator.Directories?.Checkpoint(Id);

    /// <summary>Where this checkpoint's state goes, for a task of this process that opens its own streams.</summary>
    /// <exception cref="CheckpointException">The checkpoint is not open any more.</exception>
    public async Task<ICheckpointStorageLocation> GetLocationAsync(CancellationToken cancellationToken = default)
    {
        await _initializing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_gate)
            {
                ThrowIfGivenUp();
                if (_location is not null)
                    return _location;
            }
            var location = await _initialize(cancellationToken).ConfigureAwait(false);
            return TryKeep(location) ? location : throw await GiveUpAsync(location).ConfigureAwait(false);
        }
        finally
        {
            _initializing.Release();
        }
    }

    /// <summary>What a task on another machine needs to take part: it opens a <see cref="TaskCheckpoint"/> with it.</summary>
    /// <exception cref="CheckpointException">The checkpoint is not open any more.</exception>
    public async Task<CheckpointTrigger> GetTriggerAsync(CancellationToken cancellationToken = default)
    {
        var location = await GetLocationAsync(cancellationToken).ConfigureAwait(false);
        return new CheckpointTrigger(_coordinator.JobId, Id, location.LocationReference) { BaseCheckpointId = Base?.Id };
    }

    /// <summary>Writes the state of <paramref name="task"/> and acknowledges it. Parallel tasks may write at the same time.</summary>
    /// <param name="task">Whose state it is; a bare name for the only task of an operator.</param>
    /// <param name="write">Writes the state; a state of no bytes is state too.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CheckpointException">The task acknowledged before, or the checkpoint is not open any more.</exception>
    /// <exception cref="StateTooLargeException">The backend does not take so much; the checkpoint can only be aborted, what was completed before is untouched.</exception>
    /// <exception cref="FileSystemException">The store failed.</exception>
    public Task WriteAsync(OperatorSubtask task, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        return WriteAsync(
            task,
            async streams => SubtaskStates.OfStream(task.Index, await streams.WriteAsync(CheckpointedStateScope.Exclusive, $"{task}", write, cancellationToken).ConfigureAwait(false)),
            cancellationToken);
    }

    /// <summary>Writes the keyed state of <paramref name="task"/> incrementally and acknowledges it: files that <see cref="Base"/> has of this task are used again.</summary>
    /// <param name="task">Whose state it is; its key groups follow from its index.</param>
    /// <param name="write">Adds the files.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <inheritdoc cref="WriteAsync(OperatorSubtask, Func{Stream, CancellationToken, Task}, CancellationToken)" path="/exception"/>
    public Task WriteIncrementalAsync(OperatorSubtask task, Func<IncrementalSnapshot, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        return WriteAsync(task, Snapshot, cancellationToken);

        async Task<OperatorSubtaskState> Snapshot(ICheckpointStreamFactory streams)
        {
            var snapshot = new IncrementalSnapshot(streams, Id, task.KeyGroups, Base?.FindState(task)?.ManagedKeyedState as IncrementalRemoteKeyedStateHandle);
            await write(snapshot, cancellationToken).ConfigureAwait(false);
            return SubtaskStates.OfKeyed(task.Index, snapshot.ToHandle());
        }
    }

    /// <summary>Takes over state that a task wrote to this checkpoint's location by itself.</summary>
    /// <inheritdoc cref="Acknowledge(OperatorSubtask, OperatorSubtaskState)" path="/exception"/>
    public void Acknowledge(OperatorSubtask task, StreamStateHandle state)
    {
        ArgumentNullException.ThrowIfNull(state);
        Acknowledge(task, SubtaskStates.OfStream(task.Index, state));
    }

    /// <summary>Takes over state of any kind that a task wrote to this checkpoint's location by itself, or uses again from <see cref="Base"/>.</summary>
    /// <param name="task">Whose state it is.</param>
    /// <param name="state">The state, its index that of the task.</param>
    /// <exception cref="CheckpointException">
    /// The task acknowledged before, the state lies in files that this checkpoint may not use, or the checkpoint is not open any more.
    /// </exception>
    public void Acknowledge(OperatorSubtask task, OperatorSubtaskState state)
    {
        var acknowledgement = new CheckpointAcknowledgement(_coordinator.JobId, Id, task, state);
        acknowledgement.Validate();
        lock (_gate)
        {
            ThrowUnlessOpen();
            if (!TryAdd(acknowledgement))
                throw AcknowledgedBefore(task);
        }
    }

    /// <summary>Acknowledges that <paramref name="task"/> has finished for good and has no state. Version 3 of <c>_metadata</c> and newer have a place for that.</summary>
    /// <inheritdoc cref="Acknowledge(OperatorSubtask, OperatorSubtaskState)" path="/exception"/>
    public void AcknowledgeFinished(OperatorSubtask task) => Acknowledge(task, SubtaskStates.Finished(task.Index));

    /// <summary>
    /// Commits the checkpoint: when this returns it is durable and the latest; older ones beyond the number to keep are discarded in the background.
    /// </summary>
    /// <exception cref="FencedException">Another process owns the job now; stop.</exception>
    /// <exception cref="CheckpointException">A newer checkpoint was completed before, an operator's tasks are incomplete, or this one is not open any more.</exception>
    /// <exception cref="FileSystemException">
    /// Refused: nothing was published, and what was written is discarded when this object is disposed.
    /// <see cref="FileSystemErrorCode.OutcomeUnknown"/>: the next start restores it if it was committed.
    /// </exception>
    public Task<CompletedCheckpoint> CompleteAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ThrowUnlessOpen();
            _acknowledged.ThrowUnlessWhole();
            _state = State.Completing;
            _timer?.Dispose();
        }
        return _coordinator.CompleteAsync(this, cancellationToken);
    }

    /// <summary>Aborts the checkpoint unless it was completed: what it wrote is discarded by exact paths. Never throws.</summary>
    public async ValueTask DisposeAsync() => await AbortAsync(CheckpointFailureReason.Aborted).ConfigureAwait(false);

    /// <summary>Ends when what the checkpoint wrote is discarded; at once when there is nothing to abort.</summary>
    internal Task AbortAsync(CheckpointFailureReason reason)
    {
        lock (_gate)
        {
            if (_state == State.Aborted)
                return _takenBack.Task;
            if (_state is not (State.Open or State.Failed))
                return Task.CompletedTask;
            _reason = _state == State.Failed ? _reason : reason;
            _state = State.Aborted;
            _timer?.Dispose();
        }
        return TakeBackAsync();
    }

    /// <summary>Aborts the checkpoint when it is not complete after <paramref name="timeout"/>.</summary>
    internal void ExpireAfter(TimeSpan timeout, TimeProvider time)
    {
        lock (_gate)
        {
            if (_state == State.Open)
                _timer = time.CreateTimer(static pending => _ = ((PendingCheckpoint)pending!).AbortAsync(CheckpointFailureReason.Expired), this, timeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Takes an acknowledgement from elsewhere, also when it comes a second time; false when the checkpoint is not open any more or has other state of the task.</summary>
    /// <exception cref="CheckpointException">The checkpoint may not have this state.</exception>
    internal bool TryTake(CheckpointAcknowledgement acknowledgement)
    {
        lock (_gate)
        {
            if (_acknowledged.Find(acknowledgement.Task) is { } before)
                return before == acknowledgement.State;
            return _state == State.Open && TryAdd(acknowledgement);
        }
    }

    internal void Completed() => Settle(State.Completed, CheckpointFailureReason.Unspecified);

    /// <summary>Not committed and never will be; what was written goes when this is disposed.</summary>
    internal void Failed(CheckpointFailureReason reason) => Settle(State.Failed, reason);

    internal void OutcomeUnknown() => Settle(State.OutcomeUnknown, CheckpointFailureReason.OutcomeUnknown);

    /// <summary>The files that tasks acknowledged.</summary>
    internal IReadOnlyList<StoragePath> AcknowledgedFiles
    {
        get
        {
            lock (_gate)
                return _acknowledged.Files();
        }
    }

    internal CheckpointMetadata ToMetadata(int version) => _acknowledged.ToMetadata(version, IsSavepoint);

    internal CheckpointException NotOpen() => new(_reason switch
    {
        CheckpointFailureReason.Subsumed => $"Checkpoint {Id} was superseded: a newer one was completed before it.",
        CheckpointFailureReason.Expired => $"Checkpoint {Id} expired before it was complete; give it more time (Cairn:Checkpoints:Timeout), or its tasks less state.",
        _ => $"Checkpoint {Id} is not open any more: {_state}.",
    })
    { Reason = _reason };

    private async Task WriteAsync(OperatorSubtask task, Func<ICheckpointStreamFactory, Task<OperatorSubtaskState>> write, CancellationToken cancellationToken)
    {
        task.Validate();
        lock (_gate)
        {
            ThrowUnlessOpen();
            if (_acknowledged.Find(task) is not null)
                throw AcknowledgedBefore(task);
        }
        _trace.Enter();
        try
        {
            var location = await GetLocationAsync(cancellationToken).ConfigureAwait(false);
            Acknowledge(task, await write(location).ConfigureAwait(false));
        }
        catch (IOException e) when (_state == State.Aborted)
        {
            // The state's stream only knows that its location was given up; here it is known why.
            throw new CheckpointException(NotOpen().Message, e) { Reason = _reason };
        }
    }

    private async Task TakeBackAsync()
    {
        await _coordinator.AbortAsync(this, _reason, _location).ConfigureAwait(false);
        _takenBack.SetResult();
    }

    /// <summary>False when the task has acknowledged before. Called under the lock.</summary>
    private bool TryAdd(CheckpointAcknowledgement acknowledgement)
    {
        if (_acknowledged.Find(acknowledgement.Task) is not null)
            return false;
        _coordinator.Register(this, acknowledgement);
        _acknowledged.Add(acknowledgement.Task, acknowledgement.State);
        return true;
    }

    private bool TryKeep(ICheckpointStorageLocation location)
    {
        lock (_gate)
        {
            _location = location;
            return _state is State.Open or State.Completing;
        }
    }

    /// <summary>The checkpoint was aborted while its location was being made.</summary>
    private async Task<CheckpointException> GiveUpAsync(ICheckpointStorageLocation location)
    {
        await _coordinator.TakeBackAsync(Id, location).ConfigureAwait(false);
        return NotOpen();
    }

    private void Settle(State state, CheckpointFailureReason reason)
    {
        lock (_gate)
            (_state, _reason) = (state, reason);
    }

    private CheckpointException AcknowledgedBefore(OperatorSubtask task) =>
        new($"Task '{task}' has acknowledged checkpoint {Id} before.") { Reason = CheckpointFailureReason.InvalidAcknowledgement };

    private void ThrowUnlessOpen()
    {
        if (_state != State.Open)
            throw NotOpen();
    }

    private void ThrowIfGivenUp()
    {
        if (_state is not (State.Open or State.Completing))
            throw NotOpen();
    }
}
