using Microsoft.Extensions.Logging;

namespace Cairn.Checkpoints.Coordination;

/// <summary>A job that was opened by its owner, and what it starts from.</summary>
/// <param name="Ownership">The claim on the job.</param>
/// <param name="Listing">What lay in its directory, listed after the claim.</param>
/// <param name="Restored">What it starts from; null when it starts afresh.</param>
/// <param name="Origin">What that is to the job.</param>
internal sealed record OpenedJob(JobOwnership Ownership, JobListing Listing, RestoredCheckpoint? Restored, RestoreOrigin Origin);

/// <summary>What a checkpoint is to the job that starts from it.</summary>
internal enum RestoreOrigin
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>The job's own latest.</summary>
    Latest,

    /// <summary>One of the job's own that is not the latest: a replaced owner may still be deleting its files.</summary>
    OwnOlder,

    /// <summary>Somebody else's.</summary>
    Foreign,
}

/// <summary>Claims a job and decides what it starts from.</summary>
internal sealed class JobOpening(FileSystemCheckpointStorageBase storage, CheckpointCoordinatorOptions options, ILogger logger)
{
    public async Task<OpenedJob> OpenAsync(CancellationToken cancellationToken)
    {
        if (storage.Directories is null)
            return await OpenInMemoryAsync(cancellationToken).ConfigureAwait(false);
        return options.RestoreFrom is { } pointer
            ? await OpenFromAsync(pointer, cancellationToken).ConfigureAwait(false)
            : await OpenLatestAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<OpenedJob> OpenInMemoryAsync(CancellationToken cancellationToken)
    {
        var given = options.RestoreFrom is { } pointer ? await RestoredCheckpoint.LoadAsync(storage, pointer, cancellationToken).ConfigureAwait(false) : null;
        return new OpenedJob(JobOwnership.InMemory(storage.JobId, logger), JobListing.Empty, given, given is null ? RestoreOrigin.None : RestoreOrigin.Foreign);
    }

    /// <summary>On an object store two listings, one write and one read.</summary>
    private async Task<OpenedJob> OpenLatestAsync(CancellationToken cancellationToken)
    {
        await storage.InitializeBaseLocationsAsync(cancellationToken).ConfigureAwait(false);
        var (ownership, listing) = await JobOwnership.ClaimAsync(storage, default, logger, cancellationToken).ConfigureAwait(false);
        var latest = await LoadLatestAsync(listing, cancellationToken).ConfigureAwait(false);
        return new OpenedJob(ownership, listing, latest, latest is null ? RestoreOrigin.None : RestoreOrigin.Latest);
    }

    /// <summary>
    /// From the pointer, unless the job has gone on from it. Everything is looked at before the job is claimed, so that a mistyped pointer fences nobody,
    /// and once more after that if the listing has changed meanwhile.
    /// </summary>
    private async Task<OpenedJob> OpenFromAsync(string pointer, CancellationToken cancellationToken)
    {
        var fileSystem = storage.FileSystems.Get(storage.Directories!.Job);
        var before = await CheckpointCatalog.ListAsync(fileSystem, storage.Directories, cancellationToken).ConfigureAwait(false);
        var record = new RestoreRecord(RestoreRecord.Normalize(pointer), before.HighestId);
        var latest = await FindLatestAsync(before, cancellationToken).ConfigureAwait(false);
        var goesOn = await HasGoneOnAsync(record.Pointer, latest, cancellationToken).ConfigureAwait(false);
        var given = goesOn ? null : await RestoredCheckpoint.LoadAsync(storage, pointer, cancellationToken).ConfigureAwait(false);

        await storage.InitializeBaseLocationsAsync(cancellationToken).ConfigureAwait(false);
        var (ownership, listing) = await JobOwnership.ClaimAsync(storage, record.ToBytes(), logger, cancellationToken).ConfigureAwait(false);
        if (listing.Begins > 0 || !listing.Ids.SequenceEqual(before.Ids))
        {
            latest = await FindLatestAsync(listing, cancellationToken).ConfigureAwait(false);
            goesOn = await HasGoneOnAsync(record.Pointer, latest, cancellationToken).ConfigureAwait(false);
        }
        if (goesOn && await FindOwnAsync(listing, cancellationToken).ConfigureAwait(false) is { } own)
        {
            logger.GoesOn(pointer, own.Id);
            return new OpenedJob(ownership, listing, own, RestoreOrigin.Latest);
        }
        given ??= await RestoredCheckpoint.LoadAsync(storage, pointer, cancellationToken).ConfigureAwait(false);
        return new OpenedJob(ownership, listing, given, OriginOf(given, latest));
    }

    private Task<RestoredCheckpoint?> LoadLatestAsync(JobListing listing, CancellationToken cancellationToken) =>
        CheckpointCatalog.LoadLatestAsync(storage, listing.Restorable, options.AllowOlderWhenCorrupt, cancellationToken);

    /// <summary>The latest of the job's own; null when none of them can be read and the pointer, which is older than all, may stand in.</summary>
    private async Task<RestoredCheckpoint?> FindOwnAsync(JobListing listing, CancellationToken cancellationToken)
    {
        try
        {
            return await LoadLatestAsync(listing, cancellationToken).ConfigureAwait(false);
        }
        catch (CheckpointException) when (options.AllowOlderWhenCorrupt)
        {
            return null;
        }
    }

    private Task<long?> FindLatestAsync(JobListing listing, CancellationToken cancellationToken) =>
        CheckpointCatalog.FindLatestAsync(storage.FileSystems.Get(storage.Directories!.Job), storage.Directories, listing.Restorable, cancellationToken);

    /// <summary>Whether the job's latest checkpoint was taken by a run that started from this pointer, or from what followed it.</summary>
    private async Task<bool> HasGoneOnAsync(string pointer, long? latest, CancellationToken cancellationToken)
    {
        if (options.RestoreFromAgain || latest is not { } id)
            return false;
        var epochs = new JobEpochs(storage.FileSystems.Get(storage.Directories!.Job), storage.Directories);
        var owner = RestoreRecord.FromBytes((await epochs.ReadAsync(CheckpointIds.EpochOf(id), cancellationToken).ConfigureAwait(false)).Span);
        return owner is not null && owner.Pointer == pointer && id > owner.Above;
    }

    private RestoreOrigin OriginOf(RestoredCheckpoint given, long? latest)
    {
        if (!given.MetadataFile.IsWithin(storage.Directories!.Job))
            return RestoreOrigin.Foreign;
        return latest is { } id && given.MetadataFile == storage.Directories.Metadata(id) ? RestoreOrigin.Latest : RestoreOrigin.OwnOlder;
    }
}
