using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>Deletes state files by their exact paths, in batches as large as the store takes.</summary>
internal static class StateFiles
{
    /// <exception cref="AggregateException">Some files could not be deleted; all were tried.</exception>
    public static async Task DeleteAsync(IFileSystem fileSystem, IEnumerable<StoragePath> files, CancellationToken cancellationToken)
    {
        List<FileSystemException>? failures = null;
        foreach (var batch in files.Chunk(fileSystem.Capabilities.DeleteBatchSize))
        {
            var results = await fileSystem.DeleteAsync(batch, cancellationToken).ConfigureAwait(false);
            foreach (var result in results)
            {
                if (result.Error is not null)
                    (failures ??= []).Add(result.Error);
            }
        }
        if (failures is not null)
            throw new AggregateException($"{failures.Count} state files could not be deleted.", failures);
    }
}
