using Microsoft.Extensions.Logging;

namespace Cairn.Checkpoints.Coordination;

/// <summary>What a job keeps: its completed checkpoints, the files that they use, and the discarding of both in the background. Thread safe.</summary>
internal sealed class CheckpointRetention : IAsyncDisposable
{
    /// <summary>How long a dispose waits for discards.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly FileSystemCheckpointStorageBase _storage;
    private readonly int _retained;
    private readonly PendingCheckpoints _pending;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CompletedCheckpointStore _store;
    private readonly StateFileRules _rules;
    private readonly ClaimRecords? _claims;
    private readonly CheckpointCleaner _cleaner;
    private volatile CompletedCheckpoint? _base;

    public CheckpointRetention(FileSystemCheckpointStorageBase storage, int retained, bool hasClaims, PendingCheckpoints pending, TimeProvider time, ILogger logger)
    {
        _storage = storage;
        _retained = retained;
        _pending = pending;
        _time = time;
        _logger = logger;
        Registry = new SharedStateRegistry(storage.Directories);
        _store = new CompletedCheckpointStore(storage, Registry, logger);
        _rules = new StateFileRules(storage.Directories, Registry);
        _claims = storage.Directories is null ? null : new ClaimRecords(storage, hasClaims);
        _cleaner = new CheckpointCleaner(storage, _store, Registry, _claims, logger);
    }

    public SharedStateRegistry Registry { get; }

    /// <summary>The completed checkpoints that are kept, oldest first.</summary>
    public IReadOnlyList<CompletedCheckpoint> Completed => _store.Completed;

    public long LatestId => _store.LatestId;

    /// <summary>The completed checkpoint that the next one may build on; null when that has to be full.</summary>
    public CompletedCheckpoint? Base => _base;

    public int Backlog => _store.Backlog(_retained);

    public Task Idle => _cleaner.Idle;

    /// <summary>Takes note of what the job starts from and of what else it has, and claims the former if that is wished.</summary>
    public async Task StartFromAsync(OpenedJob opened, RecoveryClaimMode mode, CancellationToken cancellationToken)
    {
        var isOwn = opened.Origin is RestoreOrigin.Latest or RestoreOrigin.OwnOlder;
        _store.Found(isOwn ? opened.Restored : null, opened.Listing.Ids);
        if (opened.Origin == RestoreOrigin.Latest)
            _base = _store.Completed[^1];
        else if (opened.Origin == RestoreOrigin.OwnOlder)
            _rules.StartsFromUnstable(opened.Restored!);
        else if (opened.Origin == RestoreOrigin.Foreign && mode == RecoveryClaimMode.NoClaim)
            _rules.StartsFromForeign(opened.Restored!);
        else if (opened.Origin == RestoreOrigin.Foreign)
            await ClaimAsync(opened.Restored!, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes note of the files that a task acknowledges.</summary>
    /// <exception cref="CheckpointException">The checkpoint may not use one of them.</exception>
    public void Register(PendingCheckpoint pending, CheckpointAcknowledgement acknowledgement)
    {
        var files = CheckpointFiles.Of(StateHandleWalk.Streams(acknowledgement.State)).ToList();
        _rules.Check(pending, pending.ExclusiveDirectory, id => _pending.Find(id) is not null, acknowledgement.Task, files);
        if (!pending.IsSavepoint)
            Registry.Register(pending.Id, files);
    }

    /// <summary>A checkpoint was committed: it is the latest, and what the next one builds on.</summary>
    public void Add(CompletedCheckpoint completed)
    {
        _store.Add(completed);
        _base = completed;
    }

    /// <summary>A commit was sent and never answered: the checkpoint may exist, and then its files are needed like those of any other.</summary>
    public void AddUnknown(PendingCheckpoint pending)
    {
        Registry.Forget(pending.Id, pending.AcknowledgedFiles);
        if (!pending.IsSavepoint)
            _store.AddUnknown(pending.Id);
    }

    /// <summary>Discards what is too much, in the background. Called after a commit and the look that follows it, and at no other time.</summary>
    public void Clean(long confirmed) => _cleaner.Start(new CheckpointCleaner.Order(_retained, confirmed, _pending.UnderWay));

    public Task WaitForRoomAsync(CancellationToken cancellationToken) => _cleaner.WaitForRoomAsync(_retained, cancellationToken);

    /// <summary>
    /// Discards everything, the latest last, and before that has the job marked as finished; false, and no mark, when something older could not be discarded. Looks first what
    /// there is: a checkpoint whose commit nobody heard of would be left over.
    /// </summary>
    public async Task<bool> DiscardAllAsync(Func<CancellationToken, Task> finish, CancellationToken cancellationToken)
    {
        if (_storage.Directories is { } directories)
        {
            var listing = await CheckpointCatalog.ListAsync(_storage.FileSystems.Get(directories.Job), directories, cancellationToken).ConfigureAwait(false);
            _store.FoundAgain(listing.Ids);
        }
        await CleanAsync(1, cancellationToken).ConfigureAwait(false);
        if (_store.Backlog(1) > 0)
            return false;
        await finish(cancellationToken).ConfigureAwait(false);
        // From here on the job is finished. What cannot be discarded is logged, and left to a search for orphaned files.
        await CleanAsync(0, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _base = null;
        return true;
    }

    /// <summary>Deletes nothing any more.</summary>
    public void Stop() => _cleaner.Stop();

    /// <summary>Waits for the discards under way, in bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        await Idle.WaitAsync(Deadline, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _cleaner.Dispose();
    }

    private async Task CleanAsync(int retained, CancellationToken cancellationToken)
    {
        await Idle.WaitAsync(cancellationToken).ConfigureAwait(false);
        _cleaner.Start(new CheckpointCleaner.Order(retained, long.MaxValue, _pending.UnderWay));
        await Idle.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ClaimAsync(RestoredCheckpoint restored, CancellationToken cancellationToken)
    {
        if (_claims is null)
            return;
        var claim = await CheckpointClaim.TakeAsync(_storage.FileSystems, restored, cancellationToken).ConfigureAwait(false);
        await _claims.WriteAsync(restored.MetadataFile, claim.Files, cancellationToken).ConfigureAwait(false);
        Registry.Claim(claim.Files);
        _store.AddClaimed(restored);
        if (claim.IsStable)
            _base = _store.Completed[0];
        else
            _rules.StartsFromUnstable(restored);
        _logger.Claimed(restored.ExternalPointer, claim.Files.Count);
    }
}
