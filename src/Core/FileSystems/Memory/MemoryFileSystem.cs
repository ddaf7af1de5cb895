using System.Runtime.CompilerServices;
using Cairn.FileSystems.Drivers;

namespace Cairn.FileSystems.Memory;

/// <summary>
/// An object store in the memory of this process (<c>memory:/…</c>, <c>memory://name/…</c>): versions, conditional writes and listings as S3 and Azure Blob
/// have them, prefixes instead of directories, nothing durable. A reader keeps the version that it opened, also when the file is replaced or deleted meanwhile.
/// </summary>
public sealed class MemoryFileSystem : FileSystemDriver
{
    private const int LargestPage = 1000;

    private readonly MemoryStore _store;
    private readonly TimeProvider _time;

    /// <summary>A file system on <paramref name="store"/>.</summary>
    /// <param name="root">The scheme and authority, with <c>/</c> as path.</param>
    /// <param name="store">Where the objects are; several file systems may share it.</param>
    /// <param name="timeProvider">What <see cref="FileEntry.LastModified"/> is taken from; the system's clock by default.</param>
    public MemoryFileSystem(StoragePath root, MemoryStore store, TimeProvider? timeProvider = null)
        : base(root, new FileSystemCapabilities { DurableCommit = false, DeleteBatchSize = 1000, ListPageSize = LargestPage })
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <inheritdoc/>
    protected override int MaxKeyLength => 1024;

    /// <inheritdoc/>
    protected override Task<FileEntry?> FindCoreAsync(StoragePath path, FindOptions options, CancellationToken cancellationToken)
    {
        var found = _store.Find(path.Key) is { } stored ? ToEntry(path, stored)
            : options.Directories && _store.HasPrefix(PrefixOf(path)) ? new FileEntry { Path = path, Kind = EntryKind.Directory }
            : null;
        return Task.FromResult(found);
    }

    /// <inheritdoc/>
    protected override Task<FileReadStream> OpenReadCoreAsync(StoragePath path, ReadOptions options, CancellationToken cancellationToken)
    {
        var stored = _store.Find(path.Key) ?? throw FileSystemException.NotFound(path);
        if (options.IfMatch is { } expected && expected != stored.ETag)
            throw FileSystemException.PreconditionFailed(path, expected);
        return Task.FromResult<FileReadStream>(new MemoryReadStream(ToEntry(path, stored), stored.Content, options));
    }

    /// <inheritdoc/>
    protected override Task<FileWriter> OpenWriteCoreAsync(StoragePath path, WriteOptions options, CancellationToken cancellationToken) =>
        Task.FromResult<FileWriter>(new MemoryFileWriter(this, path, options.Mode, _time));

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<FileEntry> ListCoreAsync(
        StoragePath directory, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prefix = PrefixOf(directory);
        var size = Math.Min(options.PageSize ?? LargestPage, LargestPage);
        for (string? from = prefix; from is not null;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = _store.ListPage(prefix, from, options.Recursive, size);
            foreach (var (key, stored) in page.Entries)
                yield return ToListed(key, stored);
            from = page.Next;
            await Task.CompletedTask.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    protected override Task<IReadOnlyList<DeleteResult>> DeleteCoreAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken)
    {
        var results = new List<DeleteResult>(paths.Count);
        foreach (var path in paths)
        {
            _store.Delete(path.Key);
            results.Add(new DeleteResult(path, null));
        }
        return Task.FromResult<IReadOnlyList<DeleteResult>>(results);
    }

    /// <inheritdoc/>
    protected override Task<FileEntry> CopyCoreAsync(StoragePath source, StoragePath destination, CopyOptions options, CancellationToken cancellationToken)
    {
        var stored = _store.Find(source.Key) ?? throw FileSystemException.NotFound(source);
        if (options.Source?.ETag is { } expected && expected != stored.ETag)
            throw FileSystemException.PreconditionFailed(source, expected);
        return Task.FromResult(Publish(destination, stored.Content, options.Mode));
    }

    /// <summary>Publishes content that will not change any more.</summary>
    internal FileEntry Publish(StoragePath path, MemoryContent content, WriteMode mode)
    {
        if (_store.TryPublish(path.Key, content, mode, _time.GetUtcNow(), out var published))
            return ToEntry(path, published);
        throw mode.ExpectedETag is { } expected ? FileSystemException.PreconditionFailed(path, expected) : FileSystemException.AlreadyExists(path);
    }

    private static string PrefixOf(StoragePath directory) => directory.Key.Length == 0 ? "" : directory.Key + "/";

    private static FileEntry ToEntry(StoragePath path, MemoryObject stored) =>
        new() { Path = path, Length = stored.Content.Length, ETag = stored.ETag, LastModified = stored.LastModified };

    private FileEntry ToListed(string key, MemoryObject? stored) => stored is null
        ? new FileEntry { Path = StoragePath.FromPrefix(Root, key), Kind = EntryKind.Directory }
        : ToEntry(StoragePath.FromKey(Root, key), stored);
}
