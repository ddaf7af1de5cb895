using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Portable;

/// <summary>
/// Windows, macOS and the rest, with what .NET offers: commits are atomic and exclusive, files are flushed but directories are not, and a file cannot be replaced
/// by its version. Below a configured root links are refused by looking at each segment first, which does not hold against a link that appears meanwhile.
/// </summary>
internal sealed class PortableDisk : LocalDisk
{
    private static readonly EnumerationOptions OneLevel = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    private readonly LocalFileSystemOptions _options;

    public PortableDisk(LocalFileSystemOptions options)
    {
        _options = options;
        Capabilities = new FileSystemCapabilities
        {
            ConditionalReplace = false,
            DurableCommit = false,
            RealDirectories = true,
            ServerSideCopy = false,
        };
    }

    public override FileSystemCapabilities Capabilities { get; }

    public override FileEntry? Find(LocalPath path)
    {
        RefuseLinks(path);
        return Directory.Exists(path.Native) ? EntryOf(new DirectoryInfo(path.Native), path.Path)
            : new FileInfo(path.Native) is { Exists: true } file ? EntryOf(file, path.Path) : null;
    }

    public override (SafeFileHandle Handle, FileEntry Entry) OpenRead(LocalPath path)
    {
        RefuseLinks(path);
        if (Directory.Exists(path.Native))
            throw FileSystemException.NotFound(path.Path);
        var handle = File.OpenHandle(path.Native, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return (handle, Describe(handle, path));
    }

    public override FileEntry Describe(SafeFileHandle handle, LocalPath path)
    {
        var (length, modified) = (RandomAccess.GetLength(handle), new DateTimeOffset(File.GetLastWriteTimeUtc(handle)));
        return new FileEntry { Path = path.Path, Length = length, LastModified = modified, ETag = VersionOf(modified, length) };
    }

    public override TemporaryFile CreateTemporary(LocalPath target)
    {
        RefuseLinks(target);
        Directory.CreateDirectory(target.Parent.Native);
        return new PortableTemporaryFile(this, target, _options.Durable);
    }

    public override IEnumerable<FileEntry> List(LocalPath directory, bool recursive)
    {
        RefuseLinks(directory);
        foreach (var (info, path) in Walk(directory, recursive))
        {
            if (!TemporaryName.Matches(info.Name) && !(recursive && info is DirectoryInfo) && !(_options.Root is not null && info.LinkTarget is not null) && info.Exists)
                yield return EntryOf(info, path.Path);
        }
    }

    public override void CreateDirectory(LocalPath directory)
    {
        RefuseLinks(directory);
        Directory.CreateDirectory(directory.Native);
    }

    public override Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyList<LocalPath> paths, CancellationToken cancellationToken)
    {
        var results = new List<DeleteResult>(paths.Count);
        foreach (var path in paths)
        {
            cancellationToken.ThrowIfCancellationRequested();
            results.Add(new DeleteResult(path.Path, TryRemove(path)));
        }
        return Task.FromResult<IReadOnlyList<DeleteResult>>(results);
    }

    public override SweepResult Sweep(LocalPath directory, DateTimeOffset before, CancellationToken cancellationToken)
    {
        RefuseLinks(directory);
        var removed = 0;
        foreach (var (info, _) in Walk(directory, recursive: true))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (info is FileInfo && TemporaryName.Matches(info.Name) && new DateTimeOffset(info.LastWriteTimeUtc) <= before && TryRemoveAbandoned(info.FullName))
                removed++;
        }
        return new SweepResult(removed, []);
    }

    private static FileEntry EntryOf(FileSystemInfo info, StoragePath path)
    {
        var (length, modified) = (info is FileInfo file ? file.Length : 0, new DateTimeOffset(info.LastWriteTimeUtc));
        return new FileEntry
        {
            Path = path,
            Kind = info is FileInfo ? EntryKind.File : EntryKind.Directory,
            Length = length,
            LastModified = modified,
            ETag = info is FileInfo ? VersionOf(modified, length) : null,
        };
    }

    private static string VersionOf(DateTimeOffset modified, long length) => $"{modified.Ticks:x}-{length:x}";

    private static IEnumerable<(FileSystemInfo Info, LocalPath Path)> Walk(LocalPath directory, bool recursive)
    {
        if (!Directory.Exists(directory.Native))
            yield break;
        foreach (var info in new DirectoryInfo(directory.Native).EnumerateFileSystemInfos("*", OneLevel))
        {
            var path = directory.Child(info.Name);
            if (recursive && info is DirectoryInfo && info.LinkTarget is null)
            {
                foreach (var below in Walk(path, recursive: true))
                    yield return below;
            }
            else
            {
                yield return (info, path);
            }
        }
    }

    /// <summary>A live writer holds its file open and shares it with nobody.</summary>
    private static bool TryRemoveAbandoned(string file)
    {
        try
        {
            using (File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
            }
            File.Delete(file);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private FileSystemException? TryRemove(LocalPath path)
    {
        try
        {
            RefuseLinks(path.Parent);
            if (path.Native == _options.Root)
                return null;
            if (!Directory.Exists(path.Native) || new DirectoryInfo(path.Native).LinkTarget is not null)
                File.Delete(path.Native);
            else if (!Directory.EnumerateFileSystemEntries(path.Native).Any())
                Directory.Delete(path.Native);
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (FileSystemException e)
        {
            return e;
        }
        catch (Exception e) when (LocalErrors.IsOfDisk(e))
        {
            return LocalErrors.Translate(e, path.Path);
        }
    }

    private void RefuseLinks(LocalPath path)
    {
        for (var at = path; _options.Root is { } root && at.Native.Length > root.Length; at = at.Parent)
        {
            if (new FileInfo(at.Native).LinkTarget is not null)
                throw new FileSystemException(FileSystemErrorCode.PermissionDenied, $"'{path.Path}' is or leads through a symbolic link; none is followed below the configured root.", path.Path);
        }
    }
}
