using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Linux;

/// <summary>
/// Deletes in the order given. Neighbours in one directory share its handle and one fsync, after which their deletion is confirmed:
/// what a later call deletes cannot be gone after a power failure while this is back.
/// </summary>
internal sealed class LinuxDeletion(LinuxDirectories directories, LinuxDurability durability, TimeProvider time)
{
    public async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyList<LocalPath> paths, CancellationToken cancellationToken)
    {
        var results = new List<DeleteResult>(paths.Count);
        while (results.Count < paths.Count)
        {
            var parent = paths[results.Count].Parent;
            var neighbours = paths.Skip(results.Count).TakeWhile(path => path.Parent.Native == parent.Native).ToList();
            results.AddRange(await DeleteNeighboursAsync(parent, neighbours, cancellationToken).ConfigureAwait(false));
        }
        return results;
    }

    private async Task<IEnumerable<DeleteResult>> DeleteNeighboursAsync(LocalPath parent, List<LocalPath> paths, CancellationToken cancellationToken)
    {
        // The root itself stays, as a directory that is not empty would.
        if (directories.IsRoot(paths[0]))
            return paths.Select(path => new DeleteResult(path.Path, null));
        try
        {
            using var directory = directories.TryOpen(parent, paths[0].Path);
            if (directory is null)
                return paths.Select(path => new DeleteResult(path.Path, null));
            var results = new List<DeleteResult>(paths.Count);
            foreach (var path in paths)
            {
                cancellationToken.ThrowIfCancellationRequested();
                results.Add(new DeleteResult(path.Path, await TryRemoveAsync(directory, path, cancellationToken).ConfigureAwait(false)));
            }
            // Also when nothing was there: it may be gone by a deletion whose fsync failed, of which this is the repetition.
            return durability.TrySyncDirectory(directory) ? results : throw LinuxErrors.Of(Libc.Errno, parent.Path, "made durable after a deletion");
        }
        catch (FileSystemException e)
        {
            return paths.Select(path => new DeleteResult(path.Path, e));
        }
    }

    private async Task<FileSystemException?> TryRemoveAsync(SafeFileHandle directory, LocalPath path, CancellationToken cancellationToken)
    {
        try
        {
            using var _ = await LinuxLock.TakeAsync(directory, exclusive: false, path.Path, time, cancellationToken).ConfigureAwait(false);
            Remove(directory, path);
            return null;
        }
        catch (FileSystemException e)
        {
            return e;
        }
    }

    private static void Remove(SafeFileHandle directory, LocalPath path)
    {
        if (Libc.UnlinkAt(directory, path.Name, 0) == 0 || LinuxErrors.IsAbsent(Libc.Errno))
            return;
        if (Libc.Errno != LinuxErrors.IsDirectory)
            throw LinuxErrors.Of(Libc.Errno, path.Path, "deleted");
        if (Libc.UnlinkAt(directory, path.Name, Libc.AtRemoveDirectory) < 0 && Libc.Errno is not (LinuxErrors.NotEmpty or LinuxErrors.Exists or LinuxErrors.Busy or LinuxErrors.NoEntry))
            throw LinuxErrors.Of(Libc.Errno, path.Path, "deleted");
    }
}
