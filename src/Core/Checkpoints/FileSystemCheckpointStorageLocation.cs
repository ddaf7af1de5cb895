using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>A checkpoint or savepoint whose state and <c>_metadata</c> are files. Remembers what it wrote, to take exactly that back. Follows Flink's <c>FsCheckpointStorageLocation</c>.</summary>
public sealed class FileSystemCheckpointStorageLocation : FileSystemCheckpointStreamFactory, ICheckpointStorageLocation
{
    private readonly HashSet<StoragePath> _written = [];
    private readonly Lock _gate = new();
    private bool _disposedOnFailure;

    internal FileSystemCheckpointStorageLocation(
        IFileSystem fileSystem, StoragePath checkpointDirectory, StoragePath sharedDirectory, CheckpointStorageLocationReference reference, int inlineThreshold)
        : base(fileSystem, checkpointDirectory, sharedDirectory, inlineThreshold)
    {
        LocationReference = reference;
    }

    /// <inheritdoc/>
    public CheckpointStorageLocationReference LocationReference { get; }

    /// <inheritdoc/>
    public Task<CheckpointMetadataOutputStream> CreateMetadataOutputStreamAsync(CancellationToken cancellationToken = default) =>
        PersistentMetadataCheckpointStorageLocation.OpenMetadataAsync(FileSystem, ExclusiveDirectory, cancellationToken);

    /// <inheritdoc/>
    public async Task DisposeOnFailureAsync(CancellationToken cancellationToken = default)
    {
        StoragePath[] written;
        lock (_gate)
        {
            _disposedOnFailure = true;
            written = [.. _written];
            _written.Clear();
        }
        await StateFiles.DeleteAsync(FileSystem, written, cancellationToken).ConfigureAwait(false);
        if (FileSystem.Capabilities.RealDirectories)
            await FileSystem.DeleteAsync([ExclusiveDirectory], cancellationToken).ConfigureAwait(false);
    }

    private protected override async Task OnStateFileWrittenAsync(FileEntry file, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_disposedOnFailure)
            {
                _written.Add(file.Path);
                return;
            }
        }
        // The checkpoint was aborted while this state was on its way: nobody will ask for the file.
        await StateFiles.DeleteAsync(FileSystem, [file.Path], cancellationToken).ConfigureAwait(false);
        throw new IOException($"The checkpoint in '{ExclusiveDirectory}' was aborted; the state that was written for it was discarded.");
    }
}
