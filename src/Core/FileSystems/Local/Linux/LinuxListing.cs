namespace Cairn.FileSystems.Local.Linux;

/// <summary>
/// Walks a directory, with one open directory a level and no memory beside. What vanishes meanwhile is not there. A link to a file is a file and one to a directory
/// a directory, but a walk never goes through it and does not tell of it; below a configured root no link is told of.
/// </summary>
internal sealed class LinuxListing(LinuxDirectories directories)
{
    private int Follow => directories.FollowsLinks ? 0 : Libc.AtNoFollow;

    /// <summary>Files, and with one level directories, without what is being written.</summary>
    public IEnumerable<FileEntry> Entries(LocalPath directory, bool recursive)
    {
        foreach (var (parent, name) in Walk(directory, recursive))
        {
            if (!TemporaryName.Matches(name) && Describe(parent, name, recursive) is { } entry)
                yield return entry;
        }
    }

    /// <summary>Removes what killed writers left.</summary>
    public SweepResult Sweep(LocalPath directory, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var removed = 0;
        var failures = new List<FileSystemException>();
        foreach (var (parent, name) in Walk(directory, recursive: true))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TemporaryName.Matches(name))
                continue;
            try
            {
                removed += RemoveAbandoned(parent, name, before) ? 1 : 0;
            }
            catch (FileSystemException e)
            {
                failures.Add(e);
            }
        }
        return new SweepResult(removed, failures);
    }

    private IEnumerable<(LinuxDirectoryReader Parent, string Name)> Walk(LocalPath directory, bool recursive)
    {
        var open = new Stack<LinuxDirectoryReader>();
        try
        {
            if (directories.TryOpen(directory, directory.Path) is { } start)
                open.Push(new LinuxDirectoryReader(start, directory));
            while (open.TryPeek(out var parent))
            {
                if (parent.Read(out var type) is not { } name)
                    open.Pop().Dispose();
                else if (!recursive || !IsDirectory(parent, name, type))
                    yield return (parent, name);
                else if (Enter(parent, name) is { } child)
                    open.Push(child);
            }
        }
        finally
        {
            foreach (var reader in open)
                reader.Dispose();
        }
    }

    private static bool IsDirectory(LinuxDirectoryReader parent, string name, EntryType type) => type == EntryType.Unknown
        ? Libc.Stat(parent.Handle, name, Libc.AtNoFollow, LinuxStat.Basic, out var stat) == 0 && stat.IsDirectory
        : type == EntryType.Directory;

    private static LinuxDirectoryReader? Enter(LinuxDirectoryReader parent, string name)
    {
        var path = parent.Path.Child(name);
        var handle = Libc.OpenAt(parent.Handle, name, Libc.ReadOnly | Libc.DirectoryOnly | Libc.NoFollow | Libc.CloseOnExec);
        if (!handle.IsInvalid)
            return new LinuxDirectoryReader(handle, path);
        return LinuxErrors.IsAbsent(Libc.Errno) ? null : throw LinuxErrors.Of(Libc.Errno, path.Path, "listed");
    }

    private FileEntry? Describe(LinuxDirectoryReader parent, string name, bool filesOnly)
    {
        var path = parent.Path.Child(name);
        if (Libc.Stat(parent.Handle, name, Follow, LinuxStat.Basic, out var stat) < 0)
            return LinuxErrors.IsAbsent(Libc.Errno) || Libc.Errno == LinuxErrors.TooManyLinks ? null : throw LinuxErrors.Of(Libc.Errno, path.Path, "listed");
        if (stat.IsDirectory)
            return filesOnly ? null : LinuxDisk.EntryOf(path.Path, stat, etag: null);
        return stat.IsRegular ? LinuxDisk.EntryOf(path.Path, stat, LinuxVersion.Of(path.Native, directories.FollowsLinks, stat)) : null;
    }

    /// <summary>Removes one temporary file if it is old and its writer gone, under a lock that a writer which has just made it will meet.</summary>
    private static bool RemoveAbandoned(LinuxDirectoryReader parent, string name, DateTimeOffset before)
    {
        var path = parent.Path.Child(name);
        using var file = Libc.OpenAt(parent.Handle, name, Libc.ReadOnly | Libc.NonBlocking | Libc.NoFollow | Libc.CloseOnExec);
        if (file.IsInvalid)
            return Libc.Errno is LinuxErrors.NoEntry or LinuxErrors.TooManyLinks or LinuxErrors.NoDevice ? false : throw LinuxErrors.Of(Libc.Errno, path.Path, "swept");
        if (Libc.Stat(file, "", Libc.AtEmptyPath, LinuxStat.Basic, out var stat) < 0 || !stat.IsRegular || stat.Modified.ToDateTimeOffset() > before)
            return false;
        if (!Libc.TryLockOpenFile(file, write: false) && Libc.Errno is LinuxErrors.TryAgain or LinuxErrors.AccessDenied)
            return false;
        if (Libc.UnlinkAt(parent.Handle, name, 0) == 0)
            return true;
        return Libc.Errno == LinuxErrors.NoEntry ? false : throw LinuxErrors.Of(Libc.Errno, path.Path, "swept");
    }
}
