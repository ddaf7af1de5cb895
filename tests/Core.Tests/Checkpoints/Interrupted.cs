using Cairn.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Tests.Checkpoints;

/// <summary>A store in which something else happens right before a file is opened for writing, a directory is made, or a file is deleted.</summary>
/// <param name="inner">The store.</param>
/// <param name="before">What happens; an error of its own is the request's.</param>
internal sealed class Interrupted(IFileSystem inner, Func<FileSystemOperation, StoragePath, Task> before) : FileSystemLayer(inner)
{
    public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        await before(FileSystemOperation.Write, path);
        return await base.OpenWriteAsync(path, options, cancellationToken);
    }

    public override async Task CreateDirectoryAsync(StoragePath directory, CancellationToken cancellationToken = default)
    {
        await before(FileSystemOperation.CreateDirectory, directory);
        await base.CreateDirectoryAsync(directory, cancellationToken);
    }

    public override async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default)
    {
        foreach (var path in paths)
            await before(FileSystemOperation.Delete, path);
        return await base.DeleteAsync(paths, cancellationToken);
    }
}
