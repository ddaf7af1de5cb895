using System.Text;
using Cairn.FileSystems;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// The exact paths that a job took over with claimed checkpoints of others, written down in <c>claims/</c> before the first checkpoint that may use them: a
/// later run of the job must know what it may delete outside of its own directory.
/// </summary>
internal sealed class ClaimRecords(FileSystemCheckpointStorageBase storage, bool exist)
{
    private readonly IFileSystem _fileSystem = storage.FileSystems.Get(storage.Directories!.Claims);
    private readonly List<StoragePath> _records = [];

    /// <summary>Whether there are records of earlier runs that were not read yet.</summary>
    public bool IsUnread { get; private set; } = exist;

    /// <summary>Writes down what is claimed now. One write.</summary>
    public async Task WriteAsync(StoragePath metadataFile, IReadOnlyCollection<StoragePath> files, CancellationToken cancellationToken)
    {
        var text = string.Join('\n', files.Prepend(metadataFile).Select(file => $"{file}"));
        var record = storage.Directories!.Claims / Guid.NewGuid().ToString();
        await _fileSystem.WriteAllBytesAsync(record, Encoding.UTF8.GetBytes(text), WriteMode.Create, cancellationToken).ConfigureAwait(false);
        _records.Add(record);
    }

    /// <summary>Makes what earlier runs claimed and did not discard this run's to discard. One listing, and one read for each claim.</summary>
    public async Task ReadAsync(SharedStateRegistry registry, CompletedCheckpointStore store, CancellationToken cancellationToken)
    {
        if (!IsUnread)
            return;
        var own = _records.ToHashSet();
        await foreach (var entry in _fileSystem.ListAsync(storage.Directories!.Claims, null, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Kind != EntryKind.File || own.Contains(entry.Path))
                continue;
            var text = Encoding.UTF8.GetString(await _fileSystem.ReadAllBytesAsync(entry.Path, cancellationToken: cancellationToken).ConfigureAwait(false));
            var paths = text.Split('\n').Select(StoragePath.Parse).ToList();
            registry.Claim(paths.Skip(1));
            registry.RegisterUnused(paths.Skip(1));
            store.AddSubsumed(new Subsumed(CompletedCheckpointStore.ClaimedSequence, 0, paths[0]));
            _records.Add(entry.Path);
        }
        IsUnread = false;
    }

    /// <summary>Nothing that was claimed is left: the records go.</summary>
    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        if (_records.Count == 0)
            return;
        await StateFiles.DeleteAsync(_fileSystem, _records, cancellationToken).ConfigureAwait(false);
        _records.Clear();
        if (_fileSystem.Capabilities.RealDirectories)
            await _fileSystem.DeleteAsync([storage.Directories!.Claims], cancellationToken).ConfigureAwait(false);
    }
}
