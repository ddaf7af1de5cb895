using Cairn.FileSystems;
using Microsoft.Extensions.Logging;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// Discards what the job keeps no longer, in the background, one round at a time: every retained checkpoint is read before the first discard; then each
/// <c>_metadata</c>, in a request of its own, confirmed; then the files that no checkpoint uses any more, in batches. What fails is tried again in the next
/// round. A round is started only by a commit after which the owner was seen to be the owner. Follows Flink's <c>CheckpointsCleaner</c>.
/// </summary>
internal sealed class CheckpointCleaner : IDisposable
{
    /// <summary>How many checkpoints may wait for their discard before the next one waits for them.</summary>
    public const int MaxBacklog = 2;

    private readonly FileSystemCheckpointStorageBase _storage;
    private readonly CompletedCheckpointStore _store;
    private readonly SharedStateRegistry _registry;
    private readonly ClaimRecords? _claims;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopping; // outlives its source
    private readonly Lock _gate = new();
    private TaskCompletionSource? _idle;
    private Order? _next;

    public CheckpointCleaner(FileSystemCheckpointStorageBase storage, CompletedCheckpointStore store, SharedStateRegistry registry, ClaimRecords? claims, ILogger logger)
    {
        _storage = storage;
        _store = store;
        _registry = registry;
        _claims = claims;
        _logger = logger;
        _stopping = _stop.Token;
    }

    /// <summary>What a round has to keep.</summary>
    /// <param name="Retained">How many completed checkpoints.</param>
    /// <param name="Confirmed">
    /// The newest checkpoint whose commit was followed by a look that found the owner to be the owner. One committed later replaces nothing yet: a new
    /// owner may have listed the checkpoints before it, and started from one of those.
    /// </param>
    /// <param name="UnderWay">What the checkpoints under way need, asked when it is needed.</param>
    public sealed record Order(int Retained, long Confirmed, Func<CheckpointsUnderWay> UnderWay);

    /// <summary>Ends when no round is running.</summary>
    public Task Idle
    {
        get
        {
            lock (_gate)
                return _idle?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Starts a round, or another one after that which is running.</summary>
    public void Start(Order order)
    {
        lock (_gate)
        {
            _next = order;
            if (_idle is not null)
                return;
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        _ = RunAsync();
    }

    /// <summary>Waits while the cleaning is far behind. A cancellation ends the wait and nothing else: what was committed stays committed.</summary>
    public async Task WaitForRoomAsync(int retained, CancellationToken cancellationToken)
    {
        if (_store.Backlog(retained) > MaxBacklog)
            await Idle.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Stops deleting, now and for good.</summary>
    public void Stop()
    {
        if (!_stopping.IsCancellationRequested)
            _stop.Cancel();
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        System.Diagnostics.Activity.Current = null; // a round belongs to no checkpoint's trace
        while (TryTakeNext() is { } order)
        {
            try
            {
                await CleanAsync(order, _stopping).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Whatever it was: nobody awaits the round, and whoever waits for its end must see it.
                _logger.CannotClean(_storage.JobId, e);
            }
        }
    }

    private Order? TryTakeNext()
    {
        lock (_gate)
        {
            var next = _stopping.IsCancellationRequested ? null : _next;
            _next = null;
            if (next is null)
            {
                _idle!.SetResult();
                _idle = null;
            }
            return next;
        }
    }

    private async Task CleanAsync(Order order, CancellationToken cancellationToken)
    {
        if (!HasWork(order))
            return;
        if (!await _store.TryReadRestAsync(cancellationToken).ConfigureAwait(false))
            return;
        if (_claims is not null)
            await _claims.ReadAsync(_registry, _store, cancellationToken).ConfigureAwait(false);
        var underWay = order.UnderWay();
        _store.Subsume(order.Retained, order.Confirmed, checkpoint => underWay.Bases.Contains(checkpoint));
        var directories = await DiscardMetadataAsync(cancellationToken).ConfigureAwait(false);
        await DiscardFilesAsync(LowestNeeded(underWay), directories, cancellationToken).ConfigureAwait(false);
        if (_claims is not null && !_registry.HasClaimed && !_store.HasClaimed)
            await _claims.DiscardAsync(cancellationToken).ConfigureAwait(false);
    }

    private bool HasWork(Order order) =>
        _store.Backlog(order.Retained) > 0 || _claims is { IsUnread: true } || _registry.HasUnused(LowestNeeded(order.UnderWay()));

    private long LowestNeeded(CheckpointsUnderWay underWay) => Math.Min(_store.LowestExisting(), underWay.LowestId);

    /// <summary>From here on what is discarded is no checkpoint any more; answers the directories that it lay in.</summary>
    private async Task<HashSet<StoragePath>> DiscardMetadataAsync(CancellationToken cancellationToken)
    {
        var directories = new HashSet<StoragePath>();
        foreach (var subsumed in _store.ToDiscard())
        {
            try
            {
                await StateFiles.DeleteAsync(_storage.FileSystems.Get(subsumed.MetadataFile), [subsumed.MetadataFile], cancellationToken).ConfigureAwait(false);
                _store.Discarded(subsumed);
                CheckpointInstruments.Discarded(_storage.JobId);
                _logger.Discarded(subsumed.CheckpointId);
                directories.Add(subsumed.MetadataFile.Parent!);
            }
            catch (Exception e) when (e is IOException or AggregateException)
            {
                CheckpointInstruments.DiscardFailed(_storage.JobId, e);
                _logger.CannotDiscard(subsumed.CheckpointId, e);
            }
        }
        return directories;
    }

    private async Task DiscardFilesAsync(long lowestNeeded, HashSet<StoragePath> directories, CancellationToken cancellationToken)
    {
        foreach (var files in _registry.TakeUnused(lowestNeeded).GroupBy(file => _storage.FileSystems.Get(file)))
        {
            try
            {
                await StateFiles.DeleteAsync(files.Key, files, cancellationToken).ConfigureAwait(false);
                _registry.Left(files);
                directories.UnionWith(files.Select(file => file.Parent!));
            }
            catch (Exception e) when (e is IOException or AggregateException or OperationCanceledException)
            {
                _registry.PutBack(files);
                CheckpointInstruments.DiscardFailed(_storage.JobId, e);
                _logger.CannotDiscardFiles(files.Count(), e);
            }
        }
        await RemoveDirectoriesAsync(directories, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where directories are real, those of checkpoints go when they are empty.</summary>
    private async Task RemoveDirectoriesAsync(IEnumerable<StoragePath> directories, CancellationToken cancellationToken)
    {
        foreach (var group in directories.Where(d => CheckpointDirectories.CheckpointId(d.Name) is not null).GroupBy(d => _storage.FileSystems.Get(d)))
        {
            if (group.Key.Capabilities.RealDirectories)
                await group.Key.DeleteAsync([.. group], cancellationToken).ConfigureAwait(false);
        }
    }
}
