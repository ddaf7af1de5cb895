using System.Runtime.CompilerServices;
using Cairn.FileSystems.Drivers;
using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local;

/// <summary>
/// The disks of this machine (<c>file:/…</c>; on Windows <c>file:/C:/…</c> is <c>C:\…</c>). Follows Flink's <c>LocalFileSystem</c>, with commits that are durable,
/// atomic and, for <see cref="WriteMode.Create"/>, exclusive. Thread safe; any number of processes may work on one directory.
/// </summary>
/// <remarks>
/// <para>On Linux a commit is: write, fsync, fsync of the directories above that are new, <c>renameat2</c> (without replacing, for <see cref="WriteMode.Create"/>),
/// fsync of the directory. A failure before the rename is a refusal; only a failure of the last fsync leaves the outcome unknown.
/// What is being written lies in the target's directory under a hidden name that is never listed or found and cannot be addressed.</para>
/// <para><see cref="WriteMode.Replace"/> compares and renames under an advisory lock of the directory, which every overwrite and deletion through Cairn
/// on this machine respects; other programs, and other machines on a network disk, do not know of it.</para>
/// <para>Symbolic links are followed when reading, unless there is a <see cref="LocalFileSystemOptions.Root"/>; overwriting or deleting a link replaces or
/// removes the link itself. A recursive listing does not go through links to directories. Names that are not UTF-8, devices, pipes and sockets are not listed.</para>
/// <para>A file that another program changes in place while it is read gives <see cref="FileChangedException"/> at the latest at the end of the range.</para>
/// <para>The system has no asynchronous way to look up, open or sync a file. Looking up and opening take microseconds and happen on the caller's thread;
/// commits, copies, listings, deletions and sweeps go on on a thread of the pool.</para>
/// </remarks>
public sealed class LocalFileSystem : FileSystemDriver
{
    private readonly LocalFileSystemOptions _options;
    private readonly TimeProvider _time;
    private readonly LocalDisk _disk;
    private readonly StoragePath? _confinedTo;

    /// <summary>Makes the file system; nothing is read or written.</summary>
    /// <param name="options">How it works; null for the defaults.</param>
    /// <param name="timeProvider">The clock that ages of leftovers are told by; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public LocalFileSystem(LocalFileSystemOptions? options = null, TimeProvider? timeProvider = null)
        : this(Validate(options ?? new()), timeProvider ?? TimeProvider.System, disk: null)
    {
    }

    /// <summary>For tests too: on a disk of their choice.</summary>
    internal LocalFileSystem(LocalFileSystemOptions options, TimeProvider time, LocalDisk? disk)
        : base(StoragePath.Create("file", null, "/"), (disk ??= LocalDisk.Create(options, time)).Capabilities)
    {
        (_options, _time, _disk) = (options, time, disk);
        _confinedTo = options.Root is null ? null : StoragePath.FromLocal(options.Root);
    }

    /// <inheritdoc/>
    protected override int MaxKeyLength => LocalNames.MaxKeyLength;

    /// <summary>Gives the caller its thread back: what follows blocks for as long as the disk takes.</summary>
    internal static ConfiguredTaskAwaitable LeaveCaller() => Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);

    /// <inheritdoc/>
    protected override void CheckName(StoragePath path)
    {
        LocalNames.Check(path);
        CheckInside(path);
    }

    /// <inheritdoc/>
    protected override Task<FileEntry?> FindCoreAsync(StoragePath path, FindOptions options, CancellationToken cancellationToken) => Attempt(path, () =>
    {
        var entry = _disk.Find(LocalPath.Of(path));
        return entry?.Kind == EntryKind.Directory && !options.Directories ? null : entry;
    });

    /// <inheritdoc/>
    protected override Task<FileReadStream> OpenReadCoreAsync(StoragePath path, ReadOptions options, CancellationToken cancellationToken) => Attempt<FileReadStream>(path, () =>
    {
        var local = LocalPath.Of(path);
        var (handle, entry) = OpenVersion(local, options.IfMatch);
        return new LocalReadStream(_disk, handle, local, entry, options, _options.BufferSize);
    });

    /// <inheritdoc/>
    protected override Task<FileWriter> OpenWriteCoreAsync(StoragePath path, WriteOptions options, CancellationToken cancellationToken) =>
        Attempt<FileWriter>(path, () => OpenWriter(path, options.Mode));

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<FileEntry> ListCoreAsync(
        StoragePath directory, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var entries = _disk.List(LocalPath.Of(directory), options.Recursive).GetEnumerator();
        var page = new List<FileEntry>();
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            await LeaveCaller();
            page.Clear();
            Fill(page, entries, options.PageSize ?? Capabilities.ListPageSize, directory);
            foreach (var entry in page)
                yield return entry;
        }
        while (page.Count > 0);
    }

    /// <inheritdoc/>
    protected override async Task<IReadOnlyList<DeleteResult>> DeleteCoreAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken)
    {
        var real = paths.Where(LocalNames.CanExist).Select(LocalPath.Of).ToList();
        foreach (var path in real)
            CheckName(path.Path);
        await LeaveCaller();
        var results = await _disk.DeleteAsync(real, cancellationToken).ConfigureAwait(false);
        // What no file can be called is gone, whatever it was on another store.
        return real.Count == paths.Count ? results : [.. Interleave(paths, results)];
    }

    /// <inheritdoc/>
    protected override async Task<FileEntry> CopyCoreAsync(StoragePath source, StoragePath destination, CopyOptions options, CancellationToken cancellationToken)
    {
        await LeaveCaller();
        var from = LocalPath.Of(source);
        var (handle, entry) = await Attempt(source, () => OpenVersion(from, options.Source?.ETag)).ConfigureAwait(false);
        using var opened = handle;
        var writer = await Attempt(destination, () => OpenWriter(destination, options.Mode)).ConfigureAwait(false);
        await using var disposed = writer.ConfigureAwait(false);
        await Attempt(destination, () => writer.CopyFrom(handle, entry.Length, cancellationToken)).ConfigureAwait(false);
        if (!_disk.IsUnchanged(handle, from, entry))
            throw new FileChangedException(source);
        return await writer.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task CreateDirectoryCoreAsync(StoragePath directory, CancellationToken cancellationToken)
    {
        await LeaveCaller();
        await Attempt(directory, () =>
        {
            _disk.CreateDirectory(LocalPath.Of(directory));
            return true;
        }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task<SweepResult> SweepAbandonedCoreAsync(StoragePath directory, SweepOptions options, CancellationToken cancellationToken)
    {
        await LeaveCaller();
        return await Attempt(directory, () => _disk.Sweep(LocalPath.Of(directory), _time.GetUtcNow() - options.OlderThan, cancellationToken)).ConfigureAwait(false);
    }

    private static LocalFileSystemOptions Validate(LocalFileSystemOptions options)
    {
        if (options.BufferSize is < LocalFileSystemOptions.MinBufferSize or > LocalFileSystemOptions.MaxBufferSize)
            throw new ArgumentException($"BufferSize is {options.BufferSize}; it must be from {LocalFileSystemOptions.MinBufferSize} to {LocalFileSystemOptions.MaxBufferSize} bytes.", nameof(options));
        if (options.Root is null)
            return options;
        if (!Path.IsPathFullyQualified(options.Root))
            throw new ArgumentException($"Root is '{options.Root}'; it must be an absolute path of this machine.", nameof(options));
        return options with { Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Root)) };
    }

    /// <summary>A task of what <paramref name="call"/> returns or throws, with the exceptions of .NET's own file calls translated.</summary>
    private static Task<T> Attempt<T>(StoragePath path, Func<T> call)
    {
        try
        {
            return Task.FromResult(call());
        }
        catch (Exception e) when (LocalErrors.IsOfDisk(e))
        {
            return Task.FromException<T>(LocalErrors.Translate(e, path));
        }
        catch (FileSystemException e)
        {
            return Task.FromException<T>(e);
        }
    }

    private static void Fill(List<FileEntry> page, IEnumerator<FileEntry> entries, int size, StoragePath directory)
    {
        try
        {
            while (page.Count < size && entries.MoveNext())
                page.Add(entries.Current);
        }
        catch (Exception e) when (LocalErrors.IsOfDisk(e))
        {
            throw LocalErrors.Translate(e, directory);
        }
    }

    private static IEnumerable<DeleteResult> Interleave(IEnumerable<StoragePath> paths, IEnumerable<DeleteResult> resultsOfReal)
    {
        var results = new Queue<DeleteResult>(resultsOfReal);
        return paths.Select(path => LocalNames.CanExist(path) ? results.Dequeue() : new DeleteResult(path, null));
    }

    private (SafeFileHandle Handle, FileEntry Entry) OpenVersion(LocalPath path, string? expected)
    {
        var (handle, entry) = _disk.OpenRead(path);
        if (expected is null || entry.ETag == expected)
            return (handle, entry);
        handle.Dispose();
        throw new FileSystemException(FileSystemErrorCode.PreconditionFailed, $"'{path.Path}' does not have the expected version {expected}.", path.Path);
    }

    private LocalFileWriter OpenWriter(StoragePath path, WriteMode mode)
    {
        var local = LocalPath.Of(path);
        return new LocalFileWriter(local, () => _disk.CreateTemporary(local), mode, _options.BufferSize, _time);
    }

    private void CheckInside(StoragePath path)
    {
        if (_confinedTo is not null && !path.IsWithin(_confinedTo))
            throw FileSystemException.InvalidPath(path, $"it lies outside of the configured root '{_confinedTo.Path}'");
    }
}
