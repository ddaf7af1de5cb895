using Microsoft.Extensions.Logging;

namespace Cairn.Checkpoints.Coordination;

/// <summary>This process's claim on a job: the epoch it created, the ids that go with it, and the look that tells whether it was replaced.</summary>
internal sealed class JobOwnership
{
    private readonly JobId _jobId;
    private readonly JobEpochs? _epochs;
    private readonly ILogger _logger;
    private long _epoch;
    private CheckpointIds _ids;
    private bool _fenced;

    private JobOwnership(JobId jobId, JobEpochs? epochs, long epoch, long highestId, ILogger logger)
    {
        _jobId = jobId;
        _epochs = epochs;
        _epoch = epoch;
        _ids = new CheckpointIds(epoch, highestId);
        _logger = logger;
    }

    /// <summary>Claims the next epoch and lists the checkpoints after that, highest id first. A job in memory only has no epochs.</summary>
    public static async Task<(JobOwnership Ownership, IReadOnlyList<long> Ids)> ClaimAsync(
        FileSystemCheckpointStorageBase storage, ILogger logger, CancellationToken cancellationToken)
    {
        if (storage.Directories is not { } directories)
            return (new JobOwnership(storage.JobId, null, 0, 0, logger), []);
        var fileSystem = storage.FileSystems.Get(directories.Job);
        var epochs = new JobEpochs(fileSystem, directories);
        while (true)
        {
            var epoch = await epochs.ClaimNextAsync(cancellationToken).ConfigureAwait(false);
            var ids = await CheckpointCatalog.ListIdsAsync(fileSystem, directories, cancellationToken).ConfigureAwait(false);
            var highest = ids.Count == 0 ? 0 : ids[0];
            // Checkpoints that Flink or another tool numbered may lie above this epoch's ids: epochs have no gaps, so the next ones are claimed until they fit.
            if (!CheckpointIds.HasRoom(epoch, highest))
                continue;
            logger.Opened(storage.JobId, epoch);
            return (new JobOwnership(storage.JobId, epochs, epoch, highest, logger), ids);
        }
    }

    /// <summary>The id of the next checkpoint. Called under the coordinator's lock.</summary>
    public long NextId()
    {
        ThrowIfFenced();
        return _ids.Next();
    }

    /// <summary>Throws when it is known already that this process was replaced. Sends nothing.</summary>
    public void ThrowIfFenced()
    {
        if (_fenced)
            throw new FencedException(_jobId, _epoch);
    }

    /// <summary>Looks whether the next epoch exists: one request, before anything is reported or discarded.</summary>
    public async Task ThrowIfReplacedAsync(CancellationToken cancellationToken)
    {
        if (!_fenced && _epochs is not null)
            _fenced = await _epochs.IsReplacedAsync(_epoch, cancellationToken).ConfigureAwait(false);
        if (_fenced)
            throw Fenced();
    }

    /// <summary>Claims the next epoch, and no other, when this one has no id left.</summary>
    public async Task RenewIfUsedUpAsync(CancellationToken cancellationToken)
    {
        if (_epochs is null || !_ids.IsUsedUp)
            return;
        _fenced = !await _epochs.TryClaimAsync(_epoch + 1, cancellationToken).ConfigureAwait(false);
        if (_fenced)
            throw Fenced();
        _ids = _ids.In(++_epoch);
    }

    private FencedException Fenced()
    {
        _logger.Fenced(_jobId, _epoch);
        return new FencedException(_jobId, _epoch);
    }
}
