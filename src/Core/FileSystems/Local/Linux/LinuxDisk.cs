using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Linux;

/// <summary>Linux: durable, atomic and exclusive commits, compare-and-swap under an advisory lock, and names that stay what they are.</summary>
internal sealed class LinuxDisk : LocalDisk
{
    private readonly LinuxDurability _durability;
    private readonly LinuxDirectories _directories;
    private readonly TimeProvider _time;

    public LinuxDisk(LocalFileSystemOptions options, TimeProvider time)
    {
        _durability = new LinuxDurability(options.Durable);
        _directories = new LinuxDirectories(options.Root, _durability);
        _time = time;
        Capabilities = new FileSystemCapabilities
        {
            DurableCommit = options.Durable,
            RealDirectories = true,
        };
    }

    public override FileSystemCapabilities Capabilities { get; }

    private int Follow => _directories.FollowsLinks ? 0 : Libc.AtNoFollow;

    public override FileEntry? Find(LocalPath path)
    {
        using var place = _directories.Locate(path);
        return place is { } found ? Find(found, path) : null;
    }

    public override (SafeFileHandle Handle, FileEntry Entry) OpenRead(LocalPath path)
    {
        using var place = _directories.Locate(path) ?? throw FileSystemException.NotFound(path.Path);
        // Without O_NONBLOCK, opening a pipe would wait for somebody to write into it.
        var flags = Libc.ReadOnly | Libc.NonBlocking | Libc.CloseOnExec | (_directories.FollowsLinks ? 0 : Libc.NoFollow);
        var handle = Libc.OpenAt(place.Directory, place.Name, flags);
        if (handle.IsInvalid)
            throw OpenFailed(Libc.Errno, path);
        try
        {
            var entry = Describe(handle, path);
            return entry.Kind == EntryKind.File ? (handle, entry) : throw FileSystemException.NotFound(path.Path);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public override FileEntry Describe(SafeFileHandle handle, LocalPath path)
    {
        if (Libc.Stat(handle, "", Libc.AtEmptyPath, LinuxStat.Basic, out var stat) < 0)
            throw LinuxErrors.Of(Libc.Errno, path.Path, "read");
        return EntryOf(path.Path, stat, stat.IsDirectory ? null : LinuxVersion.Of(handle, stat));
    }

    public override bool IsUnchanged(SafeFileHandle handle, LocalPath path, FileEntry entry)
    {
        if (Libc.Stat(handle, "", Libc.AtEmptyPath, LinuxStat.Basic, out var now) < 0)
            throw LinuxErrors.Of(Libc.Errno, path.Path, "read");
        return now.Size == entry.Length && now.Modified.ToDateTimeOffset() == entry.LastModified;
    }

    /// <summary>A disk or a C library that does not know the flag answers an error each time, which costs a microsecond; the caller then waits as usual.</summary>
    public override int ReadAtOnce(SafeFileHandle handle, Span<byte> buffer, long offset) => Libc.ReadAtOnce(handle, buffer, offset);

    public override TemporaryFile CreateTemporary(LocalPath target) => LinuxTemporaryFile.Create(this, _directories, _durability, target, _time);

    public override IEnumerable<FileEntry> List(LocalPath directory, bool recursive) =>
        new LinuxListing(_directories).Entries(directory, recursive);

    public override void CreateDirectory(LocalPath directory)
    {
        using var handle = _directories.OpenOrCreate(directory, directory.Path);
        _durability.SyncAbove(directory.Native, directory.Path);
    }

    public override Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyList<LocalPath> paths, CancellationToken cancellationToken) =>
        new LinuxDeletion(_directories, _durability, _time).DeleteAsync(paths, cancellationToken);

    public override SweepResult Sweep(LocalPath directory, DateTimeOffset before, CancellationToken cancellationToken) =>
        new LinuxListing(_directories).Sweep(directory, before, cancellationToken);

    /// <summary>The entry of what stands at a place, or null.</summary>
    public FileEntry? Find(LinuxPlace place, LocalPath path)
    {
        if (Libc.Stat(place.Directory, place.Name, Follow, LinuxStat.Basic, out var stat) == 0)
            return stat.IsLink ? throw LinuxErrors.Link(path.Path) : EntryOf(path.Path, stat, stat.IsDirectory ? null : LinuxVersion.Of(path.Native, _directories.FollowsLinks, stat));
        return LinuxErrors.IsAbsent(Libc.Errno) ? null : throw LinuxErrors.Of(Libc.Errno, path.Path, "looked up");
    }

    /// <summary>The entry that <paramref name="stat"/> describes.</summary>
    public static FileEntry EntryOf(StoragePath path, in LinuxStat stat, string? etag)
    {
        if (!stat.IsDirectory && !stat.IsRegular)
            throw NoFile(path);
        return new FileEntry
        {
            Path = path,
            Kind = stat.IsDirectory ? EntryKind.Directory : EntryKind.File,
            Length = stat.IsDirectory ? 0 : stat.Size,
            LastModified = stat.Modified.ToDateTimeOffset(),
            ETag = etag,
        };
    }

    private static FileSystemException NoFile(StoragePath path) =>
        FileSystemException.NotSupported(path, $"'{path}' is neither a file nor a directory but a device, a pipe or a socket.");

    private FileSystemException OpenFailed(int errno, LocalPath path)
    {
        if (LinuxErrors.IsAbsent(errno))
            return FileSystemException.NotFound(path.Path);
        // What the system answers for a socket, and for a device that nothing drives.
        if (errno == LinuxErrors.NoDevice)
            return NoFile(path.Path);
        return errno == LinuxErrors.TooManyLinks && !_directories.FollowsLinks ? LinuxErrors.Link(path.Path) : LinuxErrors.Of(errno, path.Path, "opened");
    }
}
