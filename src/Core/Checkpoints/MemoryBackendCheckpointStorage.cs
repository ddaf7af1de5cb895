using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>
/// Keeps all state inline in the checkpoint's metadata: with a directory one object a checkpoint, which outlives the process; without one, in memory only.
/// Follows Flink's <c>MemoryBackendCheckpointStorage</c>.
/// </summary>
public sealed class MemoryBackendCheckpointStorage : FileSystemCheckpointStorageBase
{
    /// <summary>How many bytes one piece of state may have unless said otherwise, 5 MiB.</summary>
    public const long DefaultMaxStateSize = 5 * 1024 * 1024;

    private readonly IFileSystem? _fileSystem;
    private readonly CheckpointDirectories? _directories;

    /// <summary>Makes one; sends nothing.</summary>
    /// <param name="fileSystems">Finds the file system of each path; not owned.</param>
    /// <param name="jobId">The job whose checkpoints these are.</param>
    /// <param name="checkpointDirectory">Below which the job gets a directory of its own, or null to keep checkpoints in memory only.</param>
    /// <param name="defaultSavepointDirectory">Where savepoints go that name no directory, or null.</param>
    /// <param name="maxStateSize">How many bytes one piece of state may have, above 0.</param>
    public MemoryBackendCheckpointStorage(
        FileSystemRegistry fileSystems,
        JobId jobId,
        StoragePath? checkpointDirectory = null,
        StoragePath? defaultSavepointDirectory = null,
        long maxStateSize = DefaultMaxStateSize)
        : base(fileSystems, jobId, defaultSavepointDirectory)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxStateSize);
        MaxStateSize = maxStateSize;
        if (checkpointDirectory is null)
            return;
        _directories = CheckpointDirectories.Of(CheckDirectory(checkpointDirectory, "checkpoint"), jobId);
        _fileSystem = fileSystems.Get(checkpointDirectory);
    }

    /// <summary>How many bytes one piece of state may have.</summary>
    public long MaxStateSize { get; }

    internal override CheckpointDirectories? Directories => _directories;

    /// <inheritdoc/>
    public override Task InitializeBaseLocationsAsync(CancellationToken cancellationToken = default) =>
        _fileSystem is null ? Task.CompletedTask : _fileSystem.CreateDirectoryAsync(_directories!.Job, cancellationToken);

    /// <inheritdoc/>
    public override async Task<ICheckpointStorageLocation> InitializeLocationForCheckpointAsync(long checkpointId, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(checkpointId);
        if (_fileSystem is null)
            return new NonPersistentMetadataCheckpointStorageLocation(MaxStateSize);
        var directory = _directories!.Checkpoint(checkpointId);
        await _fileSystem.CreateDirectoryAsync(directory, cancellationToken).ConfigureAwait(false);
        return new PersistentMetadataCheckpointStorageLocation(_fileSystem, directory, MaxStateSize);
    }

    /// <summary>State goes inline wherever the location is, so the reference makes no difference.</summary>
    public override ICheckpointStreamFactory ResolveCheckpointStorageLocation(long checkpointId, CheckpointStorageLocationReference reference)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(checkpointId);
        ArgumentNullException.ThrowIfNull(reference);
        return new MemoryCheckpointStreamFactory(MaxStateSize);
    }

    /// <inheritdoc/>
    public override Task<CheckpointStateOutputStream> CreateTaskOwnedStateStreamAsync(CancellationToken cancellationToken = default) =>
        new MemoryCheckpointStreamFactory(MaxStateSize).CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, cancellationToken);

    private protected override ICheckpointStorageLocation CreateSavepointLocation(IFileSystem fileSystem, StoragePath directory) =>
        new PersistentMetadataCheckpointStorageLocation(fileSystem, directory, MaxStateSize);
}
