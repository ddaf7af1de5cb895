namespace Cairn.FileSystems;

/// <summary>Deleting one file and deleting a tree, on top of <see cref="IFileSystem"/>.</summary>
public static class FileSystemDeleteExtensions
{
    /// <summary>Paths that are handed over at once where the store takes them one by one, so that it may work on several.</summary>
    private const int SmallestBatch = 256;

    /// <summary>Deletes one file; a missing one is success.</summary>
    /// <exception cref="FileSystemException">Why it is still there. Else as <see cref="IFileSystem.DeleteAsync"/>.</exception>
    public static async Task DeleteAsync(this IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        var results = await fileSystem.DeleteAsync([path], cancellationToken).ConfigureAwait(false);
        if (results[0].Error is { } error)
            throw error;
    }

    /// <summary>
    /// Deletes every file below <paramref name="directory"/> by the key that the store listed (so also what has no addressable path), and then, where
    /// directories are real, the empty directories, the deepest first. Constant memory whatever lies there. A file of that very name is no directory and stays;
    /// an absent directory is success. What cannot be deleted does not stop the rest.
    /// </summary>
    /// <returns>How many files went and what could not be deleted; see <see cref="DeleteTreeResult.ThrowIfFailed"/>.</returns>
    /// <exception cref="FileSystemException">The listing failed, or a whole batch did; files may be gone already.</exception>
    public static async Task<DeleteTreeResult> DeleteTreeAsync(
        this IFileSystem fileSystem, StoragePath directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        var result = new DeleteTreeResult(directory);
        var batchSize = BatchSize(fileSystem.Capabilities);
        var batch = new List<StoragePath>();
        var objects = new DirectoryObjects(batchSize);
        var entries = fileSystem.ListAsync(directory, new ListOptions { Recursive = true, DirectoryObjects = true }, cancellationToken);
        await foreach (var entry in entries.ConfigureAwait(false))
        {
            objects.Pass(entry);
            if (entry.Kind == EntryKind.File)
                batch.Add(entry.Path);
            if (batch.Count < batchSize && !objects.IsFull)
                continue;
            await DeleteBatchAsync(fileSystem, batch, objects, result, cancellationToken).ConfigureAwait(false);
        }
        objects.End();
        await DeleteBatchAsync(fileSystem, batch, objects, result, cancellationToken).ConfigureAwait(false);
        // The listing is of what lies below; where that had such objects, the directory itself is likely one too. A file of that name is none.
        if (objects.HasAny && await IsDirectoryAsync(fileSystem, directory, cancellationToken).ConfigureAwait(false) && directory.Parent is not null)
            result.AddDirectories(await fileSystem.DeleteAsync([directory], cancellationToken).ConfigureAwait(false));
        if (fileSystem.Capabilities.RealDirectories)
            await DeleteDirectoriesAsync(fileSystem, directory, result, cancellationToken).ConfigureAwait(false);
        return result;
    }

    /// <summary>As many paths as the store takes at once; several of its batches when it takes few.</summary>
    private static int BatchSize(FileSystemCapabilities capabilities)
    {
        var size = Math.Max(capabilities.DeleteBatchSize, 1);
        return Math.Max(size, SmallestBatch / size * size);
    }

    /// <summary>The files, and after them the objects that stood for directories which hold nothing any more.</summary>
    private static async Task DeleteBatchAsync(
        IFileSystem fileSystem, List<StoragePath> files, DirectoryObjects objects, DeleteTreeResult result, CancellationToken cancellationToken)
    {
        if (files.Count > 0)
            result.Add(await fileSystem.DeleteAsync(files, cancellationToken).ConfigureAwait(false));
        files.Clear();
        foreach (var level in objects.Take())
            result.AddDirectories(await fileSystem.DeleteAsync(level, cancellationToken).ConfigureAwait(false));
    }

    private static async Task DeleteDirectoriesAsync(
        IFileSystem fileSystem, StoragePath directory, DeleteTreeResult result, CancellationToken cancellationToken)
    {
        if (!await IsDirectoryAsync(fileSystem, directory, cancellationToken).ConfigureAwait(false))
            return;
        await foreach (var entry in fileSystem.ListAsync(directory, cancellationToken: cancellationToken).ConfigureAwait(false))
        {
            if (entry.Kind != EntryKind.Directory)
                continue;
            // First as it is: that takes an empty directory, and a link to a directory as the link that it is, so that nothing outside is ever entered.
            result.AddDirectories(await fileSystem.DeleteAsync([entry.Path], cancellationToken).ConfigureAwait(false));
            if (entry.Path.IsAddressable)
                await DeleteDirectoriesAsync(fileSystem, entry.Path, result, cancellationToken).ConfigureAwait(false);
        }
        if (directory.Parent is not null)
            result.AddDirectories(await fileSystem.DeleteAsync([directory], cancellationToken).ConfigureAwait(false));
    }

    private static async Task<bool> IsDirectoryAsync(IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken)
    {
        var found = await fileSystem.FindAsync(path, new FindOptions { Directories = true }, cancellationToken).ConfigureAwait(false);
        return found is { Kind: EntryKind.Directory };
    }
}
