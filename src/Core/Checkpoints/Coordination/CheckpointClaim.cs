using Cairn.FileSystems;

namespace Cairn.Checkpoints.Coordination;

/// <summary>A checkpoint or savepoint of somebody else that became the job's.</summary>
/// <param name="Files">The exact paths of state that are the job's to delete now.</param>
/// <param name="IsStable">Whether nobody else may be deleting its files, so that the job's first checkpoint may build on it.</param>
internal sealed record CheckpointClaim(IReadOnlyList<StoragePath> Files, bool IsStable)
{
    /// <summary>
    /// Takes over what a savepoint has, or a checkpoint of another job. That job is fenced as by any new owner of it; what its other checkpoints use stays theirs.
    /// </summary>
    public static async Task<CheckpointClaim> TakeAsync(FileSystemRegistry fileSystems, RestoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var directory = checkpoint.MetadataFile.Parent!;
        var files = CheckpointFiles.Of(checkpoint.Metadata).Where(file => !file.ToString().Contains('\n', StringComparison.Ordinal)).ToHashSet();
        if (CheckpointDirectories.OfCheckpoint(directory) is not { } other)
            return new CheckpointClaim([.. files.Where(file => file.IsWithin(directory))], IsStable: true);

        var fileSystem = fileSystems.Get(other.Job);
        await new JobEpochs(fileSystem, other).ClaimNextAsync(default, cancellationToken).ConfigureAwait(false);
        var listing = await CheckpointCatalog.ListAsync(fileSystem, other, cancellationToken).ConfigureAwait(false);
        long? latest = null;
        foreach (var id in listing.Ids)
        {
            if (await CheckpointCatalog.LoadAsync(fileSystems, other, id, cancellationToken).ConfigureAwait(false) is not { } found)
                continue;
            latest ??= id;
            if (found.MetadataFile != checkpoint.MetadataFile)
                files.ExceptWith(CheckpointFiles.Of(found.Metadata));
        }
        return new CheckpointClaim(
            [.. files.Where(file => file.IsWithin(directory) || file.IsWithin(other.Shared))],
            IsStable: latest is { } last && checkpoint.MetadataFile == other.Metadata(last));
    }
}
