using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>Which checkpoints a job has: told by one listing of the job's directory, and by whether each has a <c>_metadata</c>.</summary>
internal static class CheckpointCatalog
{
    /// <summary>The ids of every checkpoint directory, finished or not, highest first. One listing, never of state files.</summary>
    public static async Task<IReadOnlyList<long>> ListIdsAsync(IFileSystem fileSystem, CheckpointDirectories directories, CancellationToken cancellationToken)
    {
        var ids = new List<long>();
        await foreach (var entry in fileSystem.ListAsync(directories.Job, null, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Kind == EntryKind.Directory && CheckpointDirectories.CheckpointId(entry.Path.Name) is { } id)
                ids.Add(id);
        }
        ids.Sort((a, b) => b.CompareTo(a));
        return ids;
    }

    public static async Task<RestoredCheckpoint?> LoadLatestAsync(FileSystemCheckpointStorageBase storage, bool allowOlder, CancellationToken cancellationToken)
    {
        if (storage.Directories is not { } directories)
            return null;
        var ids = await ListIdsAsync(storage.FileSystems.Get(directories.Job), directories, cancellationToken).ConfigureAwait(false);
        return await LoadLatestAsync(storage, ids, allowOlder, cancellationToken).ConfigureAwait(false);
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
        return corrupt is null || allowOlder ? null : throw new CheckpointException($"{corrupt.Message} There is no older one.", corrupt.InnerException);
    }

    /// <summary>One checkpoint of the job, or null when it was never finished. One read.</summary>
    public static async Task<RestoredCheckpoint?> LoadAsync(FileSystemCheckpointStorageBase storage, long id, CancellationToken cancellationToken)
    {
        var directory = storage.Directories!.Checkpoint(id);
        try
        {
            var handle = new FileStateHandle((directory / CheckpointDirectories.MetadataFileName).ToString(), -1);
            var metadata = await ReadAsync(storage.FileSystems, handle, directory.ToString(), cancellationToken).ConfigureAwait(false);
            return new RestoredCheckpoint(storage.FileSystems, directory.ToString(), metadata);
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
