using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>Finds what a pointer names, with as few look-ups as its text allows. Follows Flink's <c>AbstractFsCheckpointStorage.resolveCheckpointPointer</c>.</summary>
internal static class CheckpointPointer
{
    public static async Task<ICompletedCheckpointStorageLocation> ResolveAsync(FileSystemRegistry fileSystems, string pointer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pointer);
        if (pointer.Length == 0)
            throw new ArgumentException("empty checkpoint pointer", nameof(pointer));
        var path = ParsePointer(pointer);
        var fileSystem = GetFileSystem(fileSystems, path);
        return await FindMetadataAsync(fileSystem, path, cancellationToken).ConfigureAwait(false) is { } metadata
            ? new FileSystemCompletedCheckpointStorageLocation(fileSystem, metadata, metadata.Path.Parent!)
            : throw await ExplainAsync(fileSystem, path, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<FileEntry?> FindMetadataAsync(IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken)
    {
        FileEntry? entry = null;
        if (path.Name != CheckpointDirectories.MetadataFileName)
            entry = await fileSystem.FindAsync(path / CheckpointDirectories.MetadataFileName, null, cancellationToken).ConfigureAwait(false);
        return entry ?? (path.Name.Length == 0 ? null : await fileSystem.FindAsync(path, null, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<FileSystemException> ExplainAsync(IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken)
    {
        var directory = await fileSystem.FindAsync(path, new FindOptions { Directories = true }, cancellationToken).ConfigureAwait(false);
        return new FileSystemException(
            FileSystemErrorCode.NotFound,
            directory is null
                ? $"Cannot find checkpoint or savepoint file/directory '{path}' on file system '{path.Scheme}'."
                : $"Cannot find meta data file '{CheckpointDirectories.MetadataFileName}' in directory '{path}'. "
                    + "Please try to load the checkpoint/savepoint directly from the metadata file instead of the directory.",
            path);
    }

    private static StoragePath ParsePointer(string pointer)
    {
        try
        {
            return StoragePath.ParseUriOrLocal(pointer);
        }
        catch (FileSystemException e)
        {
            throw new FileSystemException(
                FileSystemErrorCode.InvalidPath,
                $"Checkpoint/savepoint path '{(e.Message.Contains("(not shown)", StringComparison.Ordinal) ? "(not shown)" : pointer)}' is not a valid file URI. "
                    + "Either the pointer path is invalid, or the checkpoint was created by a different state backend.",
                null,
                e);
        }
    }

    private static IFileSystem GetFileSystem(FileSystemRegistry fileSystems, StoragePath path)
    {
        try
        {
            return fileSystems.Get(path);
        }
        catch (FileSystemException e)
        {
            throw new FileSystemException(e.Code, $"Cannot access file system for checkpoint/savepoint path '{path}'.", path, e);
        }
    }
}
