using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints;

/// <summary>A checkpoint or savepoint as it lies on a store: its <c>_metadata</c>, read.</summary>
/// <param name="MetadataPath">The file, usually named <c>_metadata</c>.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Metadata">What they say; relative paths are resolved against <see cref="Directory"/>.</param>
internal sealed record StoredCheckpoint(StoragePath MetadataPath, ReadOnlyMemory<byte> Content, CheckpointMetadata Metadata)
{
    public StoragePath Directory => MetadataPath.Parent!;

    /// <summary>Whether it was made as a savepoint: by its properties, or before those by the name of its directory.</summary>
    public bool IsSavepoint => Metadata.Properties is { } properties
        ? properties.SnapshotType is SavepointType
        : CheckpointDirectories.CheckpointId(Directory.Name) is null;

    /// <summary>Finds what a pointer names and reads it: one or two look-ups and one read.</summary>
    /// <exception cref="FileSystemException">Nothing is there, or the store failed.</exception>
    /// <exception cref="CheckpointMetadataException">What is there is no <c>_metadata</c>; the message names it.</exception>
    public static async Task<StoredCheckpoint> FindAsync(FileSystemRegistry fileSystems, string pointer, CancellationToken cancellationToken)
    {
        if (pointer.Length == 0)
            throw new UsageException("The pointer is empty; it must be the directory of a checkpoint or savepoint, or its _metadata.");
        var location = await CheckpointPointer.ResolveAsync(fileSystems, pointer, cancellationToken);
        return await ReadAsync(fileSystems, StoragePath.Parse(((FileStateHandle)location.MetadataHandle).FilePath), cancellationToken);
    }

    /// <summary>Reads a <c>_metadata</c>: one read.</summary>
    /// <inheritdoc cref="FindAsync" path="/exception"/>
    public static async Task<StoredCheckpoint> ReadAsync(FileSystemRegistry fileSystems, StoragePath metadataPath, CancellationToken cancellationToken)
    {
        var content = await fileSystems.Get(metadataPath).ReadAllBytesAsync(metadataPath, cancellationToken: cancellationToken);
        try
        {
            var options = new CheckpointMetadataReaderOptions { Directory = metadataPath.Parent!.ToString() };
            return new StoredCheckpoint(metadataPath, content, CheckpointMetadataReader.Read(content, options));
        }
        catch (CheckpointMetadataException e)
        {
            throw new CheckpointMetadataException($"'{metadataPath}' cannot be read: {e.Message}", e);
        }
    }
}
