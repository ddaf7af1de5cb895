using Cairn.Checkpoints.Coordination;
using Cairn.Checkpoints.Metadata;
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
    private readonly CompletedCheckpointStore _store;
    private readonly JobOwnership _ownership;
    private readonly SortedDictionary<long, PendingCheckpoint> _pending = [];
    private readonly SemaphoreSlim _completing = new(1, 1);
    private readonly Lock _gate = new();
    private long _idleSince;

    private CheckpointCoordinator(
        FileSystemCheckpointStorageBase storage, CheckpointCoordinatorOptions options, JobOwnership ownership, CompletedCheckpointStore store, RestoredCheckpoint? restored, TimeProvider time, ILogger logger)
    {
        _storage = storage;
        _options = options;
        _ownership = ownership;
        _store = store;
        Restored = restored;
        _time = time;
        _logger = logger;
        _idleSince = time.GetTimestamp();
    }

    /// <summary>The job.</summary>
    public JobId JobId => _storage.JobId;

    /// <summary>The checkpoint or savepoint that this run starts from, or null when it starts afresh.</summary>
    public RestoredCheckpoint? Restored { get; }

    /// <summary>The completed checkpoints that are kept, as far as they were read, oldest first.</summary>
    public IReadOnlyList<CompletedCheckpoint> Completed => _store.Completed;

    /// <summary>
    /// Whether the interval has passed since the last checkpoint was begun, and since it was completed: a job that stands still meanwhile
    /// has an interval to work in, however slow the store is.
    /// </summary>
    public bool IsDue => _time.GetElapsedTime(Volatile.Read(ref _idleSince)) >= _options.Interval;

    /// <summary>
    /// Opens the job as its owner: claims the next epoch, which fences every earlier owner, and restores. On an object store two listings, one write and one read.
    /// </summary>
    /// <param name="storage">Where the job's checkpoints go; not owned.</param>
    /// <param name="options">How they are taken, kept and restored.</param>
    /// <param name="timeProvider">The clock of intervals and durations.</param>
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
        logger ??= NullLogger.Instance;
        var store = new CompletedCheckpointStore(storage, logger);
        // A pointer that leads nowhere fences nobody: it is read before the job is claimed. The latest checkpoint is looked for after that.
        var given = options.RestoreFrom is { } pointer
            ? await RestoredCheckpoint.LoadAsync(storage, pointer, cancellationToken).ConfigureAwait(false)
            : null;
        await storage.InitializeBaseLocationsAsync(cancellationToken).ConfigureAwait(false);
        var (ownership, ids) = await JobOwnership.ClaimAsync(storage, logger, cancellationToken).ConfigureAwait(false);
        var latest = given is null
            ? await CheckpointCatalog.LoadLatestAsync(storage, ids, options.AllowOlderWhenCorrupt, cancellationToken).ConfigureAwait(false)
            : null;
        var restored = given ?? latest;
        store.Found(latest is null ? null : CheckpointFiles.Describe(latest), ids);
        if (restored is not null)
            logger.Restored(restored.Id, restored.ExternalPointer);
        return new CheckpointCoordinator(storage, options, ownership, store, restored, timeProvider ?? TimeProvider.System, logger);
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
    public PendingCheckpoint Begin() => Begin(isSavepoint: false, (id, token) => _storage.InitializeLocationForCheckpointAsync(id, token));

    /// <summary>Begins a savepoint: complete in a directory of its own, never discarded by the job.</summary>
    /// <param name="target">The directory below which it gets its own; null for the configured one.</param>
    /// <exception cref="InvalidOperationException">Neither is given.</exception>
    public PendingCheckpoint BeginSavepoint(string? target = null)
    {
        if (target is null && !_storage.HasDefaultSavepointLocation)
            throw new InvalidOperationException("No savepoint location given and no default location configured: set Cairn:Checkpoints:SavepointDirectory.");
        return Begin(isSavepoint: true, (id, token) => _storage.InitializeLocationForSavepointAsync(id, target, token));
    }

    /// <summary>
    /// Ends the job as finished: its checkpoints are discarded, the latest one last, so that the next start begins afresh.
    /// </summary>
    /// <exception cref="FencedException">Another process owns the job now.</exception>
    /// <exception cref="CheckpointException">A checkpoint could not be discarded; the log says why.</exception>
    public async Task FinishAsync(CancellationToken cancellationToken = default)
    {
        await AbortPendingAsync().ConfigureAwait(false);
        await _completing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _ownership.ThrowIfReplacedAsync(cancellationToken).ConfigureAwait(false);
            await _store.DiscardBeyondAsync(0, [], cancellationToken).ConfigureAwait(false);
            if (!_store.IsEmpty)
                throw new CheckpointException($"Job {JobId} is finished, but not all of its checkpoints could be discarded: the next start would restore one of them. Start it again to finish it.");
        }
        finally
        {
            _completing.Release();
        }
    }

    /// <summary>Aborts the checkpoints that are under way; completed ones stay, for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await AbortPendingAsync().ConfigureAwait(false);
        _completing.Dispose();
    }

    internal async Task<CompletedCheckpoint> CompleteAsync(PendingCheckpoint pending, CancellationToken cancellationToken)
    {
        await _completing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _ownership.ThrowIfFenced();
            var completed = await CommitAsync(pending, cancellationToken).ConfigureAwait(false);
            Settle(pending, completed);
            await _ownership.ThrowIfReplacedAsync(cancellationToken).ConfigureAwait(false);
            if (!pending.IsSavepoint)
                await _store.DiscardBeyondAsync(_options.Retained, PendingFiles(), cancellationToken).ConfigureAwait(false);
            await _ownership.RenewIfUsedUpAsync(cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _idleSince, _time.GetTimestamp());
            _logger.Completed(completed.Id, completed.Duration.TotalMilliseconds, completed.ExternalPointer);
            return completed;
        }
        finally
        {
            _completing.Release();
        }
    }

    internal async Task AbortAsync(PendingCheckpoint pending, ICheckpointStorageLocation? location)
    {
        lock (_gate)
            _pending.Remove(pending.Id);
        _logger.Aborted(pending.Id);
        try
        {
            await TakeBackAcknowledgedAsync(pending, location).ConfigureAwait(false);
            if (location is not null)
                await location.DisposeOnFailureAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or AggregateException)
        {
            _logger.CannotTakeBack(pending.Id, e);
        }
    }

    /// <summary>
    /// Deletes the files that tasks elsewhere wrote for this checkpoint and told of. Only what lies in its own directory: a task may as well have
    /// acknowledged a file of an earlier checkpoint, which that one still needs.
    /// </summary>
    private async Task TakeBackAcknowledgedAsync(PendingCheckpoint pending, ICheckpointStorageLocation? location)
    {
        if (location is not FileSystemCheckpointStorageLocation files)
            return;
        var own = CheckpointFiles.Of(pending.AcknowledgedState).Where(file => file.IsWithin(files.ExclusiveDirectory));
        await StateFiles.DeleteAsync(_storage.FileSystems.Get(files.ExclusiveDirectory), own, CancellationToken.None).ConfigureAwait(false);
    }

    private PendingCheckpoint Begin(bool isSavepoint, Func<long, CancellationToken, Task<ICheckpointStorageLocation>> initialize)
    {
        lock (_gate)
        {
            var id = _ownership.NextId();
            _idleSince = _time.GetTimestamp();
            var pending = new PendingCheckpoint(this, id, isSavepoint, _idleSince, token => initialize(id, token));
            _pending.Add(id, pending);
            return pending;
        }
    }

    private async Task<CompletedCheckpoint> CommitAsync(PendingCheckpoint pending, CancellationToken cancellationToken)
    {
        try
        {
            var metadata = pending.ToMetadata(_options.MetadataVersion);
            var location = await pending.GetLocationAsync(cancellationToken).ConfigureAwait(false);
            var output = await location.CreateMetadataOutputStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (output.ConfigureAwait(false))
            {
                await CheckpointMetadataWriter.WriteAsync(metadata, output.Stream, new CheckpointMetadataWriterOptions { Directory = output.Directory }, cancellationToken).ConfigureAwait(false);
                var size = output.Position;
                var completed = await output.FinishAsync(cancellationToken).ConfigureAwait(false);
                pending.Completed();
                return CheckpointFiles.Describe(metadata, completed.ExternalPointer) with
                {
                    IsSavepoint = pending.IsSavepoint,
                    Duration = _time.GetElapsedTime(pending.StartTimestamp),
                    MetadataSize = size,
                };
            }
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.OutcomeUnknown)
        {
            pending.OutcomeUnknown();
            throw;
        }
        catch
        {
            pending.Failed();
            throw;
        }
    }

    /// <summary>Takes a completed checkpoint off the list; whatever is older and not completed never will be.</summary>
    private void Settle(PendingCheckpoint pending, CompletedCheckpoint completed)
    {
        lock (_gate)
        {
            _pending.Remove(pending.Id);
            if (pending.IsSavepoint)
                return;
            _store.Add(completed);
            foreach (var older in _pending.Values.Where(p => p.Id < completed.Id && !p.IsSavepoint))
                older.Supersede();
        }
    }

    private List<StoragePath> PendingFiles()
    {
        lock (_gate)
            return [.. _pending.Values.SelectMany(p => CheckpointFiles.Of(p.AcknowledgedState))];
    }

    private async Task AbortPendingAsync()
    {
        PendingCheckpoint[] pending;
        lock (_gate)
            pending = [.. _pending.Values];
        foreach (var checkpoint in pending)
            await checkpoint.DisposeAsync().ConfigureAwait(false);
    }
}
