using System.Runtime.CompilerServices;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Conformance.Checkpoints;

/// <summary>Sends every request through a <see cref="RequestGate"/>.</summary>
internal sealed class FaultLayer(IFileSystem inner, RequestGate faults) : FileSystemLayer(inner)
{
    public override Task<FileEntry?> FindAsync(StoragePath path, FindOptions? options = null, CancellationToken cancellationToken = default) =>
        faults.PassAsync(path, publishes: false, () => base.FindAsync(path, options, cancellationToken));

    public override Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default) =>
        faults.PassAsync(path, publishes: false, () => base.OpenReadAsync(path, options, cancellationToken));

    public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        new Writer(await base.OpenWriteAsync(path, options, cancellationToken), faults);

    public override async IAsyncEnumerable<FileEntry> ListAsync(
        StoragePath directory, ListOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var entries = await faults.PassAsync(directory, publishes: false, async () =>
        {
            var listed = new List<FileEntry>();
            await foreach (var entry in Inner.ListAsync(directory, options, cancellationToken))
                listed.Add(entry);
            return listed;
        });
        foreach (var entry in entries)
            yield return entry;
    }

    public override async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default)
    {
        var results = new List<DeleteResult>(paths.Count);
        foreach (var path in paths)
            results.AddRange(await faults.PassAsync(path, publishes: false, () => base.DeleteAsync([path], cancellationToken)));
        return results;
    }

    public override Task<FileEntry> CopyAsync(StoragePath source, StoragePath destination, CopyOptions? options = null, CancellationToken cancellationToken = default) =>
        faults.PassAsync(destination, publishes: true, () => base.CopyAsync(source, destination, options, cancellationToken));

    public override Task CreateDirectoryAsync(StoragePath directory, CancellationToken cancellationToken = default) => !Capabilities.RealDirectories
        ? base.CreateDirectoryAsync(directory, cancellationToken)
        : faults.PassAsync(directory, publishes: false, async () =>
        {
            await base.CreateDirectoryAsync(directory, cancellationToken);
            return true;
        });

    private sealed class Writer(FileWriter inner, RequestGate faults) : FileWriterLayer(inner)
    {
        protected override Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken) =>
            faults.PassAsync(Path, publishes: true, () => base.CommitCoreAsync(cancellationToken));

        /// <summary>What is wrapped discards by its own state: it may have committed although nobody heard of it.</summary>
        protected override ValueTask DiscardAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
