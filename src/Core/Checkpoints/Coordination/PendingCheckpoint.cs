using System.Collections.Immutable;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>
/// A checkpoint that is being taken: tasks write their state or acknowledge what they wrote elsewhere, then it is completed.
/// Disposing it uncompleted aborts it. Writes and acknowledgements may run in parallel; complete and dispose come after them.
/// Follows Flink's <c>PendingCheckpoint</c>.
/// </summary>
public sealed class PendingCheckpoint : IAsyncDisposable
{
    private readonly CheckpointCoordinator _coordinator;
    private readonly Func<CancellationToken, Task<ICheckpointStorageLocation>> _initialize;
    private readonly Dictionary<(OperatorId Operator, int Index), Acknowledged> _acknowledged = [];
    private readonly SemaphoreSlim _initializing = new(1, 1);
    private readonly Lock _gate = new();
    private ICheckpointStorageLocation? _location;
    private State _state;

    internal PendingCheckpoint(CheckpointCoordinator coordinator, long id, bool isSavepoint, long startTimestamp, Func<CancellationToken, Task<ICheckpointStorageLocation>> initialize)
    {
        _coordinator = coordinator;
        _initialize = initialize;
        Id = id;
        IsSavepoint = isSavepoint;
        StartTimestamp = startTimestamp;
    }

    private enum State
    {
        Open,
        Superseded,
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

    internal long StartTimestamp { get; }

    /// <summary>
    /// Where this checkpoint's state goes: for a task that opens its own streams, or, by its <see cref="ICheckpointStorageLocation.LocationReference"/>,
    /// for a task on another machine.
    /// </summary>
    public async Task<ICheckpointStorageLocation> GetLocationAsync(CancellationToken cancellationToken = default)
    {
        await _initializing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _location ??= await _initialize(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _initializing.Release();
        }
    }

    /// <summary>Writes the state of <paramref name="task"/> and acknowledges it. Parallel tasks may write at the same time.</summary>
    /// <param name="task">Whose state it is; a bare name for the only task of an operator.</param>
    /// <param name="write">Writes the state; a state of no bytes is state too.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="StateTooLargeException">The backend does not take so much; the checkpoint can only be aborted, what was completed before is untouched.</exception>
    /// <exception cref="FileSystems.FileSystemException">The store failed.</exception>
    public async Task WriteAsync(OperatorSubtask task, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        task.Validate();
        ArgumentNullException.ThrowIfNull(write);
        ThrowUnlessOpen();
        var location = await GetLocationAsync(cancellationToken).ConfigureAwait(false);
        var output = await location.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, cancellationToken).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            await write(output.Stream, cancellationToken).ConfigureAwait(false);
            var handle = await output.FinishAsync(cancellationToken).ConfigureAwait(false) ?? new ByteStreamStateHandle($"{task}", default);
            Acknowledge(task, handle);
        }
    }

    /// <summary>Takes over state that a task wrote to this checkpoint's location by itself.</summary>
    /// <exception cref="CheckpointException">The task acknowledged before, or the checkpoint was completed, aborted or superseded.</exception>
    public void Acknowledge(OperatorSubtask task, StreamStateHandle state)
    {
        task.Validate();
        ArgumentNullException.ThrowIfNull(state);
        lock (_gate)
        {
            ThrowUnlessOpen();
            if (!_acknowledged.TryAdd((task.OperatorId, task.Index), new Acknowledged(task, state)))
                throw new CheckpointException($"Task '{task}' has acknowledged checkpoint {Id} before.");
        }
    }

    /// <summary>
    /// Commits the checkpoint: when this returns it is durable and the latest, and older ones beyond the number to keep are discarded.
    /// </summary>
    /// <exception cref="FencedException">Another process owns the job now; stop.</exception>
    /// <exception cref="CheckpointException">A newer checkpoint was completed before, an operator's tasks are incomplete, or this one is not open any more.</exception>
    /// <exception cref="FileSystems.FileSystemException">
    /// Refused: nothing was published, and what was written is discarded when this object is disposed.
    /// <see cref="FileSystems.FileSystemErrorCode.OutcomeUnknown"/>: the next start restores it if it was committed.
    /// </exception>
    public Task<CompletedCheckpoint> CompleteAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate)
        {
            ThrowUnlessOpen();
            ThrowUnlessWhole();
            _state = State.Completing;
        }
        return _coordinator.CompleteAsync(this, cancellationToken);
    }

    /// <summary>Aborts the checkpoint unless it was completed: what it wrote is discarded by exact paths. Never throws.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_state is State.Aborted)
                return;
            var discard = _state is State.Open or State.Superseded or State.Failed;
            _state = discard ? State.Aborted : _state;
            if (!discard)
                return;
        }
        await _coordinator.AbortAsync(this, _location).ConfigureAwait(false);
    }

    internal void Supersede()
    {
        lock (_gate)
            _state = _state == State.Open ? State.Superseded : _state;
    }

    internal void Completed() => Settle(State.Completed);

    internal void Failed() => Settle(State.Failed);

    internal void OutcomeUnknown() => Settle(State.OutcomeUnknown);

    /// <summary>The handles that tasks acknowledged: what an abort takes back beside what the location wrote itself.</summary>
    internal IReadOnlyList<StreamStateHandle> AcknowledgedState
    {
        get
        {
            lock (_gate)
                return [.. _acknowledged.Values.Select(a => a.State)];
        }
    }

    internal CheckpointMetadata ToMetadata(int version) => new()
    {
        Version = version,
        CheckpointId = Id,
        Properties = version < 4 ? null : IsSavepoint ? CheckpointProperties.Savepoint(SavepointFormatType.Native) : CheckpointProperties.RetainedOnCancellation,
        Operators =
        [
            .. _acknowledged.Values
                .GroupBy(a => a.Task.Operator, StringComparer.Ordinal)
                .OrderBy(o => o.Key, StringComparer.Ordinal)
                .Select(o => ToOperator(o, version)),
        ],
    };

    private static OperatorState ToOperator(IGrouping<string, Acknowledged> tasks, int version)
    {
        var parallelism = tasks.First().Task.Parallelism;
        return new OperatorState
        {
            Id = OperatorId.FromName(tasks.Key),
            Name = version < 5 ? null : tasks.Key,
            Uid = version < 5 ? null : tasks.Key,
            Parallelism = parallelism,
            MaxParallelism = DefaultMaxParallelism(parallelism),
            Subtasks = [.. tasks.OrderBy(t => t.Task.Index).Select(t => ToSubtask(t))],
        };
    }

    private static OperatorSubtaskState ToSubtask(Acknowledged task) => new()
    {
        Index = task.Task.Index,
        ManagedOperatorState = new OperatorStreamStateHandle(
            [new OperatorStateMetaInfo("state", OperatorStateMode.SplitDistribute, ImmutableArray.Create(0L))], task.State),
    };

    /// <summary>Flink's default (<c>KeyGroupRangeAssignment</c>): one and a half times the parallelism, as a power of two, from 128 to 32,768.</summary>
    private static int DefaultMaxParallelism(int parallelism) =>
        (int)Math.Clamp(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)parallelism + ((uint)parallelism / 2)), 128, 32768);

    private void Settle(State state)
    {
        lock (_gate)
            _state = state;
    }

    private void ThrowUnlessOpen()
    {
        if (_state == State.Superseded)
            throw new CheckpointException($"Checkpoint {Id} was superseded: a newer one was completed before it.");
        if (_state != State.Open)
            throw new CheckpointException($"Checkpoint {Id} is not open any more: {_state}.");
    }

    private void ThrowUnlessWhole()
    {
        foreach (var tasks in _acknowledged.Values.GroupBy(a => a.Task.Operator, StringComparer.Ordinal))
        {
            var parallelism = tasks.First().Task.Parallelism;
            if (tasks.Any(t => t.Task.Parallelism != parallelism))
                throw new CheckpointException($"The tasks of operator '{tasks.Key}' do not agree on how many they are in checkpoint {Id}.");
            if (tasks.Count() != parallelism)
                throw new CheckpointException($"Operator '{tasks.Key}' has {parallelism} tasks and {tasks.Count()} have acknowledged checkpoint {Id}.");
        }
    }

    private sealed record Acknowledged(OperatorSubtask Task, StreamStateHandle State);
}
