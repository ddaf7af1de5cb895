using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>A checkpoint of the memory backend that outlives the process: all state is inline in <c>_metadata</c>, the one object that is written. Follows Flink's class of the same name.</summary>
public sealed class PersistentMetadataCheckpointStorageLocation : MemoryCheckpointStreamFactory, ICheckpointStorageLocation
{
    private readonly IFileSystem _fileSystem;

    internal PersistentMetadataCheckpointStorageLocation(IFileSystem fileSystem, StoragePath checkpointDirectory, long maxStateSize)
        : base(maxStateSize)
    {
        _fileSystem = fileSystem;
        CheckpointDirectory = checkpointDirectory;
    }

    /// <summary>The directory of the <c>_metadata</c>.</summary>
    public StoragePath CheckpointDirectory { get; }

    /// <inheritdoc/>
    public CheckpointStorageLocationReference LocationReference => CheckpointStorageLocationReference.Default;

    /// <inheritdoc/>
    public Task<CheckpointMetadataOutputStream> CreateMetadataOutputStreamAsync(CancellationToken cancellationToken = default) =>
        OpenMetadataAsync(_fileSystem, CheckpointDirectory, cancellationToken);

    /// <summary>Wrote no state file, so it only gives up the directory where directories are real and it is empty.</summary>
    public async Task DisposeOnFailureAsync(CancellationToken cancellationToken = default)
    {
        if (_fileSystem.Capabilities.RealDirectories)
            await _fileSystem.DeleteAsync([CheckpointDirectory], cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<CheckpointMetadataOutputStream> OpenMetadataAsync(IFileSystem fileSystem, StoragePath directory, CancellationToken cancellationToken)
    {
        var path = directory / CheckpointDirectories.MetadataFileName;
        var writer = await fileSystem.OpenWriteAsync(path, new WriteOptions { Mode = WriteMode.Create }, cancellationToken).ConfigureAwait(false);
        return new FileSystemCheckpointMetadataOutputStream(
            writer, fileSystem.Capabilities.MaxConditionalLength, entry => new FileSystemCompletedCheckpointStorageLocation(fileSystem, entry, directory));
    }
}
