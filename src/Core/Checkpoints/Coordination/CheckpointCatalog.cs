using Cairn.Checkpoints.Coordination;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>Which checkpoints a job has: told by one listing of the job's directory, and by whether each has a <c>_metadata</c>.</summary>
internal static class CheckpointCatalog
{
    /// <summary>The ids of every checkpoint directory, finished or not, highest first. One listing, never of state files.</summary>
    public static async Task<JobListing> ListAsync(IFileSystem fileSystem, CheckpointDirectories directories, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        var hasClaims = false;
        await foreach (var entry in fileSystem.ListAsync(directories.Job, null, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Kind == EntryKind.Directory && CheckpointDirectories.CheckpointId(entry.Path.Name) is { } id)
                ids.Add(id);
            hasClaims |= entry.Kind == EntryKind.Directory && entry.Path.Name == directories.Claims.Name;
        }
        ids.Sort((a, b) => b.CompareTo(a));
        return new JobListing([.. ids], hasClaims);
    }

    /// <summary>The highest of <paramref name="ids"/> that was finished, readable or not; null when none was. One look-up, and one more for each that was not.</summary>
    public static async Task<long?> FindLatestAsync(IFileSystem fileSystem, CheckpointDirectories directories, IEnumerable<long> ids, CancellationToken cancellationToken)
    {
        foreach (var id in ids)
        {
            if (await fileSystem.FindAsync(directories.Metadata(id), null, cancellationToken).ConfigureAwait(false) is not null)
                return id;
        }
        return null;
    }

    public static async Task<RestoredCheckpoint?> LoadLatestAsync(FileSystemCheckpointStorageBase storage, bool allowOlder, CancellationToken cancellationToken)
    {
        if (storage.Directories is not { } directories)
            return null;
        var listing = await ListAsync(storage.FileSystems.Get(directories.Job), directories, cancellationToken).ConfigureAwait(false);
        return await LoadLatestAsync(storage, listing.Ids, allowOlder, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="storage">The job's storage.</param>
    /// <param name="ids">The ids to try, highest first.</param>
    /// <param name="allowOlder">Whether one that cannot be read is passed over.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public static async Task<RestoredCheckpoint?> LoadLatestAsync(
        FileSystemCheckpointStorageBase storage, IReadOnlyList<long> ids, bool allowOlder, CancellationToken cancellationToken)
    {
        CheckpointException? corrupt = null;
        foreach (var id in ids)
        {
            try
            {
                if (await LoadAsync(storage, id, cancellationToken).ConfigureAwait(false) is not { } found)
                    continue;
                return corrupt is null || allowOlder ? found : throw Corrupt(corrupt, found);
            }
            catch (CheckpointMetadataException e)
            {
                corrupt ??= new CheckpointException($"The job's latest checkpoint, '{storage.Directories!.Checkpoint(id)}', cannot be read: {e.Message}", e);
            }
        }
        return corrupt is null ? null : throw new CheckpointException($"{corrupt.Message} There is no older one.", corrupt.InnerException);
    }

    /// <summary>One checkpoint of the job, or null when it was never finished. One read.</summary>
    public static Task<RestoredCheckpoint?> LoadAsync(FileSystemCheckpointStorageBase storage, long id, CancellationToken cancellationToken) =>
        LoadAsync(storage.FileSystems, storage.Directories!, id, cancellationToken);

    /// <summary>One checkpoint of any job.</summary>
    public static async Task<RestoredCheckpoint?> LoadAsync(FileSystemRegistry fileSystems, CheckpointDirectories directories, long id, CancellationToken cancellationToken)
    {
        var file = directories.Metadata(id);
        try
        {
            var directory = directories.Checkpoint(id).ToString();
            var metadata = await ReadAsync(fileSystems, new FileStateHandle(file.ToString(), -1), directory, cancellationToken).ConfigureAwait(false);
            return new RestoredCheckpoint(fileSystems, directory, file, metadata);
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Reads a <c>_metadata</c>; relative handles in it belong to <paramref name="directory"/>.</summary>
    public static async Task<CheckpointMetadata> ReadAsync(
        FileSystemRegistry fileSystems, StreamStateHandle handle, string directory, CancellationToken cancellationToken)
    {
        var stream = await handle.OpenAsync(fileSystems, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            return await CheckpointMetadataReader.ReadAsync(stream, new CheckpointMetadataReaderOptions { Directory = directory }, cancellationToken).ConfigureAwait(false);
    }

    private static CheckpointException Corrupt(CheckpointException latest, RestoredCheckpoint older) => new(
        $"{latest.Message} The next older one is checkpoint {older.Id}, '{older.ExternalPointer}': start from it with that pointer, or allow it with AllowOlderWhenCorrupt.",
        latest.InnerException);
}

/// <summary>What one listing of a job's directory shows.</summary>
/// <param name="Ids">The id of every checkpoint directory, finished or not, highest first.</param>
/// <param name="HasClaims">Whether the job has claimed checkpoints of others.</param>
internal sealed record JobListing(long[] Ids, bool HasClaims)
{
    public static JobListing Empty { get; } = new([], false);

    /// <summary>The lowest epoch whose checkpoints are not of a finished job.</summary>
    public long Begins { get; init; }

    /// <summary>The ids that a start may restore, highest first.</summary>
    public IReadOnlyList<long> Restorable => Begins == 0 ? Ids : [.. Ids.TakeWhile(id => CheckpointIds.EpochOf(id) >= Begins)];

    public long HighestId => Ids is [var highest, ..] ? highest : 0;
}
