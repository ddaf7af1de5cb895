using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>
/// What every storage that keeps <c>_metadata</c> on a file system shares: how a pointer is resolved and how a savepoint gets its directory.
/// Follows Flink's <c>AbstractFsCheckpointStorage</c>.
/// </summary>
public abstract class FileSystemCheckpointStorageBase : ICheckpointStorage
{
    private const int SavepointDirectoryAttempts = 10;

    /// <summary>For storages.</summary>
    /// <param name="fileSystems">Finds the file system of each path; not owned.</param>
    /// <param name="jobId">The job whose checkpoints these are.</param>
    /// <param name="defaultSavepointDirectory">Where savepoints go that name no directory, or null.</param>
    private protected FileSystemCheckpointStorageBase(FileSystemRegistry fileSystems, JobId jobId, StoragePath? defaultSavepointDirectory)
    {
        ArgumentNullException.ThrowIfNull(fileSystems);
        FileSystems = fileSystems;
        JobId = jobId;
        DefaultSavepointDirectory = defaultSavepointDirectory is null ? null : CheckDirectory(defaultSavepointDirectory, "savepoint");
    }

    /// <summary>The job whose checkpoints these are.</summary>
    public JobId JobId { get; }

    /// <summary>Where savepoints go that name no directory, or null.</summary>
    public StoragePath? DefaultSavepointDirectory { get; }

    /// <inheritdoc/>
    public bool HasDefaultSavepointLocation => DefaultSavepointDirectory is not null;

    /// <inheritdoc/>
    public bool SupportsHighlyAvailableStorage => Directories is not null;

    /// <summary>Finds the file system of each path.</summary>
    internal FileSystemRegistry FileSystems { get; }

    /// <summary>Where the job's checkpoints lie, or null when they live in memory only.</summary>
    internal abstract CheckpointDirectories? Directories { get; }

    /// <inheritdoc/>
    public Task<ICompletedCheckpointStorageLocation> ResolveCheckpointAsync(string externalPointer, CancellationToken cancellationToken = default) =>
        CheckpointPointer.ResolveAsync(FileSystems, externalPointer, cancellationToken);

    /// <inheritdoc/>
    public abstract Task InitializeBaseLocationsAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public abstract Task<ICheckpointStorageLocation> InitializeLocationForCheckpointAsync(long checkpointId, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public async Task<ICheckpointStorageLocation> InitializeLocationForSavepointAsync(
        long checkpointId, string? externalLocation = null, CancellationToken cancellationToken = default)
    {
        var parent = externalLocation is not null ? StoragePath.ParseUriOrLocal(externalLocation) : DefaultSavepointDirectory
            ?? throw new ArgumentException("No savepoint location given and no default location configured.", nameof(externalLocation));
        var fileSystem = FileSystems.Get(parent);
        var directory = await CreateSavepointDirectoryAsync(fileSystem, parent, cancellationToken).ConfigureAwait(false);
        return CreateSavepointLocation(fileSystem, directory);
    }

    /// <inheritdoc/>
    public abstract ICheckpointStreamFactory ResolveCheckpointStorageLocation(long checkpointId, CheckpointStorageLocationReference reference);

    /// <inheritdoc/>
    public abstract Task<CheckpointStateOutputStream> CreateTaskOwnedStateStreamAsync(CancellationToken cancellationToken = default);

    /// <summary>The location of a savepoint in a directory of its own.</summary>
    private protected abstract ICheckpointStorageLocation CreateSavepointLocation(IFileSystem fileSystem, StoragePath directory);

    /// <summary>A checkpoint or savepoint directory as Flink validates it: with a scheme, and not the root of its store.</summary>
    private protected static StoragePath CheckDirectory(StoragePath directory, string kind)
    {
        if (directory.Scheme is null)
            throw FileSystemException.InvalidPath(directory, $"the {kind} directory has no scheme; write it with one, like file:/…, s3://… or abfss://…");
        if (directory.Key.Length == 0)
            throw FileSystemException.InvalidPath(directory, $"the root of a store cannot be the {kind} directory");
        return directory;
    }

    private async Task<StoragePath> CreateSavepointDirectoryAsync(IFileSystem fileSystem, StoragePath parent, CancellationToken cancellationToken)
    {
        IOException? last = null;
        for (var attempt = 0; attempt < SavepointDirectoryAttempts; attempt++)
        {
            var directory = parent / $"savepoint-{JobId.ToString()[..6]}-{Guid.NewGuid().ToString("N")[^12..]}";
            try
            {
                await fileSystem.CreateDirectoryAsync(directory, cancellationToken).ConfigureAwait(false);
                return directory;
            }
            catch (IOException e)
            {
                last = e;
            }
        }
        throw new IOException($"Failed to create savepoint directory at {parent}", last);
    }
}
