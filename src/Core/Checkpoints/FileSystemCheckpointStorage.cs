using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>Keeps checkpoints as files: state above a threshold in files of its own, the rest inline in <c>_metadata</c>. Follows Flink's <c>FsCheckpointStorage</c>.</summary>
public sealed class FileSystemCheckpointStorage : FileSystemCheckpointStorageBase
{
    /// <summary>The threshold unless another is given, 20 KiB: what Flink found to be right in 1.11.</summary>
    public const int DefaultInlineThreshold = 20 * 1024;

    private readonly IFileSystem _fileSystem;
    private readonly CheckpointDirectories _directories;
    private readonly int _inlineThreshold;

    /// <summary>Makes one; sends nothing.</summary>
    /// <param name="fileSystems">Finds the file system of each path; not owned.</param>
    /// <param name="jobId">The job whose checkpoints these are.</param>
    /// <param name="checkpointDirectory">Below which the job gets a directory of its own.</param>
    /// <param name="defaultSavepointDirectory">Where savepoints go that name no directory, or null.</param>
    /// <param name="inlineThreshold">State of at most this many bytes stays inline: 0 to 1 MiB.</param>
    public FileSystemCheckpointStorage(
        FileSystemRegistry fileSystems,
        JobId jobId,
        StoragePath checkpointDirectory,
        StoragePath? defaultSavepointDirectory = null,
        int inlineThreshold = DefaultInlineThreshold)
        : base(fileSystems, jobId, defaultSavepointDirectory)
    {
        ArgumentNullException.ThrowIfNull(checkpointDirectory);
        ArgumentOutOfRangeException.ThrowIfNegative(inlineThreshold);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inlineThreshold, FileSystemCheckpointStreamFactory.MaxInlineThreshold);
        _directories = CheckpointDirectories.Of(CheckDirectory(checkpointDirectory, "checkpoint"), jobId);
        _fileSystem = fileSystems.Get(checkpointDirectory);
        _inlineThreshold = inlineThreshold;
    }

    internal override CheckpointDirectories Directories => _directories;

    /// <inheritdoc/>
    public override async Task InitializeBaseLocationsAsync(CancellationToken cancellationToken = default)
    {
        await _fileSystem.CreateDirectoryAsync(_directories.Job, cancellationToken).ConfigureAwait(false);
        await _fileSystem.CreateDirectoryAsync(_directories.Shared, cancellationToken).ConfigureAwait(false);
        await _fileSystem.CreateDirectoryAsync(_directories.TaskOwned, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task<ICheckpointStorageLocation> InitializeLocationForCheckpointAsync(long checkpointId, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(checkpointId);
        var directory = _directories.Checkpoint(checkpointId);
        await _fileSystem.CreateDirectoryAsync(directory, cancellationToken).ConfigureAwait(false);
        return new FileSystemCheckpointStorageLocation(
            _fileSystem, directory, _directories.Shared, CheckpointStorageLocationReference.Default, _inlineThreshold);
    }

    /// <inheritdoc/>
    public override ICheckpointStreamFactory ResolveCheckpointStorageLocation(long checkpointId, CheckpointStorageLocationReference reference)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(checkpointId);
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.IsDefault)
            return new FileSystemCheckpointStreamFactory(_fileSystem, _directories.Checkpoint(checkpointId), _directories.Shared, _inlineThreshold);
        var directory = reference.Decode();
        return new FileSystemCheckpointStreamFactory(FileSystems.Get(directory), directory, directory, _inlineThreshold);
    }

    /// <inheritdoc/>
    public override Task<CheckpointStateOutputStream> CreateTaskOwnedStateStreamAsync(CancellationToken cancellationToken = default) =>
        new FileSystemCheckpointStreamFactory(_fileSystem, _directories.Job, _directories.TaskOwned, _inlineThreshold)
            .CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Shared, cancellationToken);

    private protected override ICheckpointStorageLocation CreateSavepointLocation(IFileSystem fileSystem, StoragePath directory) =>
        new FileSystemCheckpointStorageLocation(fileSystem, directory, directory, CheckpointStorageLocationReference.Encode(directory), _inlineThreshold);
}
