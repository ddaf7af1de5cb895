using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>A checkpoint whose <c>_metadata</c> is a file. Follows Flink's <c>FsCompletedCheckpointStorageLocation</c>.</summary>
internal sealed class FileSystemCompletedCheckpointStorageLocation(IFileSystem fileSystem, FileEntry metadata, StoragePath directory)
    : ICompletedCheckpointStorageLocation
{
    public string ExternalPointer => directory.ToString();

    public StreamStateHandle MetadataHandle { get; } = new FileStateHandle(metadata.Path.ToString(), metadata.Length);

    public async Task DisposeStorageLocationAsync(CancellationToken cancellationToken = default)
    {
        if (fileSystem.Capabilities.RealDirectories)
            await fileSystem.DeleteAsync([directory], cancellationToken).ConfigureAwait(false);
    }
}
