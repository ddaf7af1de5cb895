using Cairn.Checkpoints.Coordination;
using Cairn.FileSystems;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cairn.Checkpoints;

/// <summary>
/// A job's checkpoints, owned by this process: restores the latest, takes new ones, keeps the last few, and stops when another process takes the job over.
/// Thread safe. Follows Flink's <c>CheckpointCoordinator</c>.
/// </summary>
/// <remarks>
/// What holds: a checkpoint exists exactly when its <c>_metadata</c> does. Once <see cref="PendingCheckpoint.CompleteAsync"/> has returned, every later
/// start restores that checkpoint or a newer one, whatever a replaced owner still does.
/// </remarks>
public sealed class CheckpointCoordinator : IAsyncDisposable
{
    private readonly FileSystemCheckpointStorageBase _storage;
    private readonly CheckpointCoordinatorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly JobOwnership _ownership;
    private readonly CheckpointRetention _retention;
    private readonly EndedCheckpoints _ended;
    private readonly PendingCheckpoints _pending;
    private readonly CheckpointInterval _interval;
    private readonly CheckpointCompletion _completion;
    private bool _isClosed;

    private CheckpointCoordinator(
        FileSystemCheckpointStorageBase storage,
        CheckpointCoordinatorOptions options,
        OpenedJob opened,
        PendingCheckpoints pending,
        CheckpointRetention retention,
        TimeProvider time,
        ILogger logger)
    {
        _storage = storage;
        _options = options;
        _ownership = opened.Ownership;
        _pending = pending;
        _retention = retention;
        Restored = opened.Restored;
        _time = time;
        _logger = logger;
        _interval = new CheckpointInterval(time, options.Interval);
        _ended = new EndedCheckpoints(storage, retention.Registry, opened.Ownership, logger);
        var commit = new CheckpointCommit(options.MetadataVersion, time);
        var observed = new ObservedJob(JobId, time, () => pending.Count, () => retention.Backlog);
        _completion = new CheckpointCompletion(opened.Ownership, commit, retention, _ended, pending, _interval, observed, logger);
    }

    /// <summary>The job.</summary>
    public JobId JobId => _storage.JobId;

    /// <summary>The checkpoint or savepoint that this run starts from, or null when it starts afresh.</summary>
    public RestoredCheckpoint? Restored { get; }

    /// <summary>The completed checkpoints that are kept, as far as they were read, oldest first.</summary>
    public IReadOnlyList<CompletedCheckpoint> Completed => _retention.Completed;

    /// <summary>
    /// Whether the interval has passed since the last checkpoint was begun, and since it was completed: a job that stands still meanwhile
    /// has an interval to work in, however slow the store is.
    /// </summary>
    public bool IsDue => _interval.HasPassed;

    /// <summary>Where the job's checkpoints lie, or null when they live in memory only.</summary>
    internal CheckpointDirectories? Directories => _storage.Directories;

    /// <summary>
    /// Opens the job as its owner: claims the next epoch, which fences every earlier owner, and restores. On an object store two listings, one write and one read.
    /// </summary>
    /// <param name="storage">Where the job's checkpoints go; not owned.</param>
    /// <param name="options">How they are taken, kept and restored.</param>
    /// <param name="timeProvider">The clock of intervals, time-outs and durations.</param>
    /// <param name="logger">Where it tells what it does.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="CheckpointException">The latest checkpoint cannot be read; the message names it and the next older one.</exception>
    /// <exception cref="FileSystemException">The store failed, or the checkpoint to restore is not there.</exception>
    public static async Task<CheckpointCoordinator> OpenAsync(
        FileSystemCheckpointStorageBase storage,
        CheckpointCoordinatorOptions? options = null,
        TimeProvider? timeProvider = null,
        ILogger? logger = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        options ??= new();
        options.Validate();
        timeProvider ??= TimeProvider.System;
        logger ??= NullLogger.Instance;
        var opened = await new JobOpening(storage, options, logger).OpenAsync(cancellationToken).ConfigureAwait(false);
        var pending = new PendingCheckpoints();
        var retention = new CheckpointRetention(storage, options.Retained, opened.Listing.HasClaims, pending, timeProvider, logger);
        await retention.StartFromAsync(opened, options.ClaimMode, cancellationToken).ConfigureAwait(false);
        if (opened.Restored is { } restored)
            logger.Restored(restored.Id, restored.ExternalPointer);
        return new CheckpointCoordinator(storage, options, opened, pending, retention, timeProvider, logger);
    }

    /// <summary>Reads the state that <paramref name="task"/> had in <see cref="Restored"/>; the default of <typeparamref name="T"/> when there is none.</summary>
    /// <inheritdoc cref="RestoredCheckpoint.ReadAsync" path="/exception"/>
    public async Task<T?> RestoreAsync<T>(OperatorSubtask task, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        task.Validate();
        return Restored is null ? default : await Restored.ReadAsync(task, read, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Begins a checkpoint; sends nothing. Several may be under way; when one is completed, older ones that are not are superseded.</summary>
    /// <exception cref="FencedException">Another process owns the job now; stop.</exception>
    public PendingCheckpoint Begin() => Begin(isSavepoint: false, (id, token) => _storage.InitializeLocationForCheckpointAsync(id, token));

    /// <summary>Begins a savepoint: complete in a directory of its own, superseded by nothing, never discarded by the job.</summary>
    /// <param name="target">The directory below which it gets its own; null for the configured one.</param>
    /// <exception cref="InvalidOperationException">Neither is given.</exception>
    /// <exception cref="FencedException">Another process owns the job now; stop.</exception>
    public PendingCheckpoint BeginSavepoint(string? target = null)
    {
        if (target is null && !_storage.HasDefaultSavepointLocation)
            throw new InvalidOperationException("No savepoint location given and no default location configured: set Cairn:Checkpoints:SavepointDirectory.");
        return Begin(isSavepoint: true, (id, token) => _storage.InitializeLocationForSavepointAsync(id, target, token));
    }

    /// <summary>
    /// Takes an acknowledgement that came from a task elsewhere. The same one may come twice. One that comes too late, because its checkpoint was
    /// aborted, has expired or was superseded, is not taken, and what it tells of is discarded: only files of that checkpoint's own directory, and
    /// such in <c>shared/</c> that no checkpoint uses.
    /// </summary>
    /// <returns>Whether the checkpoint has it.</returns>
    /// <exception cref="ArgumentException">It is of another job.</exception>
    /// <exception cref="CheckpointException">Its state lies in files that this checkpoint may not use.</exception>
    public async Task<bool> AcknowledgeAsync(CheckpointAcknowledgement acknowledgement, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(acknowledgement);
        acknowledgement.Validate();
        if (acknowledgement.JobId != JobId)
            throw new ArgumentException($"The acknowledgement is of job {acknowledgement.JobId}, this is job {JobId}.", nameof(acknowledgement));
        var pending = _pending.Find(acknowledgement.CheckpointId);
        var isTaken = false;
        try
        {
            isTaken = pending is not null && pending.TryTake(acknowledgement);
        }
        finally
        {
            if (!isTaken)
                await _ended.TakeBackLateAsync(acknowledgement, pending, cancellationToken).ConfigureAwait(false);
        }
        return isTaken;
    }

    /// <summary>Ends when everything that is kept no longer was discarded, or its discard has failed and waits for the next checkpoint.</summary>
    public Task WaitForDiscardsAsync(CancellationToken cancellationToken = default) => _retention.Idle.WaitAsync(cancellationToken);

    /// <summary>
    /// Ends the job as finished: its checkpoints are discarded, the latest one last, so that the next start begins afresh. Before the latest goes, the job is
    /// marked as finished: nothing that was taken before is restored after that, not even what a replaced owner still commits.
    /// </summary>
    /// <exception cref="FencedException">Another process owns the job now.</exception>
    /// <exception cref="CheckpointException">A checkpoint other than the latest could not be discarded, so the job is not finished; the log says why.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken = default)
    {
        await AbortPendingAsync().ConfigureAwait(false);
        if (!await _completion.FinishAsync(cancellationToken).ConfigureAwait(false))
            throw new CheckpointException($"Job {JobId} cannot be called finished, because not all of its checkpoints could be discarded: the next start restores the latest. Start it again to finish it.");
    }

    /// <summary>Aborts the checkpoints that are under way; completed ones stay, for the next start. Waits at most 30 seconds for discards in the background.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, true))
            return;
        await AbortPendingAsync().ConfigureAwait(false);
        await _completion.DisposeAsync().ConfigureAwait(false);
    }

    internal Task<CompletedCheckpoint> CompleteAsync(PendingCheckpoint pending, CancellationToken cancellationToken) => _completion.CompleteAsync(pending, cancellationToken);

    /// <summary>Checks what a task acknowledges and takes note of its files. Called under the checkpoint's lock.</summary>
    internal void Register(PendingCheckpoint pending, CheckpointAcknowledgement acknowledgement)
    {
        if (acknowledgement.State.IsFinished && _options.MetadataVersion < 3)
            throw new CheckpointException($"Version {_options.MetadataVersion} of _metadata has no place for the mark of a finished task: write version 3 or newer (Cairn:Checkpoints:MetadataVersion).");
        _retention.Register(pending, acknowledgement);
    }

    /// <summary>Takes an aborted checkpoint off the list and discards what it wrote. Never throws.</summary>
    internal Task AbortAsync(PendingCheckpoint pending, CheckpointFailureReason reason, ICheckpointStorageLocation? location)
    {
        _pending.Remove(pending.Id);
        _logger.Aborted(pending.Id, reason);
        pending.Trace.Failed(reason);
        _ended.Add(pending.Id, pending.ExclusiveDirectory);
        return _ended.TakeBackAsync(pending.Id, location, pending.AcknowledgedFiles);
    }

    /// <summary>Discards what a location holds whose checkpoint was aborted while it was made. Never throws.</summary>
    internal Task TakeBackAsync(long id, ICheckpointStorageLocation location) => _ended.TakeBackAsync(id, location, []);

    private PendingCheckpoint Begin(bool isSavepoint, Func<long, CancellationToken, Task<ICheckpointStorageLocation>> initialize)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        var pending = _pending.Add(() =>
        {
            var id = _ownership.NextId();
            return new PendingCheckpoint(this, id, isSavepoint, isSavepoint ? null : _retention.Base, token => initialize(id, token)) { StartTimestamp = _interval.Restart() };
        });
        if (_options.Timeout != Timeout.InfiniteTimeSpan)
            pending.ExpireAfter(_options.Timeout, _time);
        return pending;
    }

    private async Task AbortPendingAsync()
    {
        foreach (var pending in _pending.All())
            await pending.AbortAsync(CheckpointFailureReason.Aborted).ConfigureAwait(false);
    }
}
