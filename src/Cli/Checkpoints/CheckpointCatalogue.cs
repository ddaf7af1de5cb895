using System.Collections.Concurrent;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints;

/// <summary>A checkpoint or savepoint that was found; without <see cref="Checkpoint"/> it was never completed, or cannot be read.</summary>
internal sealed record CatalogueEntry(StoragePath Directory, FileEntry? MetadataFile, StoredCheckpoint? Checkpoint, string? Problem)
{
    /// <summary>The id in the metadata, else in the directory's name.</summary>
    public long? Id => Checkpoint?.Metadata.CheckpointId ?? CheckpointDirectories.CheckpointId(Directory.Name);
}

/// <summary>
/// Finds the checkpoints and savepoints below a directory: a job's, all jobs', or a single one. Directories of state are never listed,
/// so the cost goes with the number of checkpoints and not of files. Holds one entry a checkpoint in memory.
/// </summary>
internal sealed class CheckpointCatalogue(FileSystemRegistry fileSystems)
{
    /// <summary>A root, directories that group jobs, a job, a checkpoint.</summary>
    private const int MaxDepth = 4;

    private const int Parallelism = 16;

    private readonly ConcurrentBag<StoragePath> _checkpoints = [];

    /// <summary>All of them, by directory: jobs in the order of their names, ids ascending.</summary>
    public async Task<IReadOnlyList<CatalogueEntry>> FindAsync(StoragePath directory, CancellationToken cancellationToken)
    {
        _checkpoints.Clear();
        var fileSystem = fileSystems.Get(directory);
        if (CheckpointDirectories.CheckpointId(directory.Name) is not null)
            _checkpoints.Add(directory);
        else
            await VisitAsync(fileSystem, directory, 0, cancellationToken);
        var entries = new ConcurrentBag<CatalogueEntry>();
        await Parallel.ForEachAsync(_checkpoints, Options(cancellationToken), async (checkpoint, token) => entries.Add(await ReadAsync(fileSystem, checkpoint, token)));
        return [.. entries.OrderBy(e => e.Directory.Parent?.ToString(), StringComparer.Ordinal).ThenBy(e => e.Id ?? long.MaxValue).ThenBy(e => e.Directory.ToString(), StringComparer.Ordinal)];
    }

    private async Task VisitAsync(IFileSystem fileSystem, StoragePath directory, int depth, CancellationToken cancellationToken)
    {
        var children = new List<StoragePath>();
        await foreach (var entry in fileSystem.ListAsync(directory, cancellationToken: cancellationToken))
        {
            if (!entry.Path.IsAddressable)
                continue;
            if (entry.Kind == EntryKind.File)
            {
                if (entry.Path.Name == CheckpointDirectories.MetadataFileName)
                    _checkpoints.Add(directory);
            }
            else if (CheckpointDirectories.CheckpointId(entry.Path.Name) is not null)
            {
                _checkpoints.Add(entry.Path);
            }
            else if (entry.Path.Name is not (CheckpointDirectories.SharedName or CheckpointDirectories.TaskOwnedName or CheckpointDirectories.EpochsName or CheckpointDirectories.ClaimsName))
            {
                children.Add(entry.Path);
            }
        }
        if (depth < MaxDepth)
            await Parallel.ForEachAsync(children, Options(cancellationToken), async (child, token) => await VisitAsync(fileSystem, child, depth + 1, token));
    }

    private async Task<CatalogueEntry> ReadAsync(IFileSystem fileSystem, StoragePath directory, CancellationToken cancellationToken)
    {
        var path = directory / CheckpointDirectories.MetadataFileName;
        var file = await fileSystem.FindAsync(path, cancellationToken: cancellationToken);
        if (file is null)
            return new CatalogueEntry(directory, null, null, null);
        try
        {
            return new CatalogueEntry(directory, file, await StoredCheckpoint.ReadAsync(fileSystems, path, cancellationToken), null);
        }
        catch (CheckpointMetadataException e)
        {
            return new CatalogueEntry(directory, file, null, e.Message);
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.NotFound)
        {
            // Discarded between the two requests.
            return new CatalogueEntry(directory, null, null, null);
        }
    }

    private static ParallelOptions Options(CancellationToken cancellationToken) => new() { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
}
