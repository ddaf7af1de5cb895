using Microsoft.Extensions.Logging;

namespace Cairn.Checkpoints.Coordination;

/// <summary>This process's claim on a job: the epoch it created, the ids that go with it, and the look that tells whether it was replaced.</summary>
internal sealed class JobOwnership
{
    private readonly JobId _jobId;
    private readonly JobEpochs? _epochs;
    private readonly ILogger _logger;
    private readonly ReadOnlyMemory<byte> _content;
    private long _epoch;
    private CheckpointIds _ids;
    private volatile bool _fenced;

    private JobOwnership(JobId jobId, JobEpochs? epochs, ReadOnlyMemory<byte> content, long epoch, long highestId, ILogger logger)
    {
        _jobId = jobId;
        _epochs = epochs;
        _content = content;
        _epoch = epoch;
        _ids = new CheckpointIds(epoch, highestId);
        _logger = logger;
    }

    /// <summary>Whether it is known that this process was replaced.</summary>
    public bool IsFenced => _fenced;

    /// <summary>The ownership of a job in memory only, which has no epochs.</summary>
    public static JobOwnership InMemory(JobId jobId, ILogger logger) => new(jobId, null, default, 0, 0, logger);

    /// <summary>Claims the next epoch and lists the checkpoints after that.</summary>
    /// <param name="storage">The job's storage, with a directory.</param>
    /// <param name="content">What the epoch says of its owner; usually nothing.</param>
    /// <param name="logger">Where it tells what it does.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<(JobOwnership Ownership, JobListing Listing)> ClaimAsync(
        FileSystemCheckpointStorageBase storage, ReadOnlyMemory<byte> content, ILogger logger, CancellationToken cancellationToken)
    {
        var directories = storage.Directories!;
        var fileSystem = storage.FileSystems.Get(directories.Job);
        var epochs = new JobEpochs(fileSystem, directories);
        while (true)
        {
            var (epoch, begins) = await epochs.ClaimNextAsync(content, cancellationToken).ConfigureAwait(false);
            var listing = await CheckpointCatalog.ListAsync(fileSystem, directories, cancellationToken).ConfigureAwait(false) with { Begins = begins };
            // Checkpoints that Flink or another tool numbered may lie above this epoch's ids: epochs have no gaps, so the next ones are claimed until they fit.
            if (!CheckpointIds.HasRoom(epoch, listing.HighestId))
                continue;
            logger.Opened(storage.JobId, epoch);
            return (new JobOwnership(storage.JobId, epochs, content, epoch, listing.HighestId, logger), listing);
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

    /// <summary>
    /// Marks the job as finished by claiming the next epoch, and no other: from here on no checkpoint of this epoch or a lower one is ever restored, one that a
    /// replaced owner still commits included.
    /// </summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        if (_epochs is null)
            return;
        _fenced = !await _epochs.TryFinishAsync(_epoch + 1, cancellationToken).ConfigureAwait(false);
        if (_fenced)
            throw Fenced();
        _ids = _ids.In(++_epoch);
    }

    /// <summary>Claims the next epoch, and no other, when this one has no id left.</summary>
    public async Task RenewIfUsedUpAsync(CancellationToken cancellationToken)
    {
        if (_epochs is null || !_ids.IsUsedUp)
            return;
        _fenced = !await _epochs.TryClaimAsync(_epoch + 1, _content, cancellationToken).ConfigureAwait(false);
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
