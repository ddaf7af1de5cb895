using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>A checkpoint or savepoint that a job starts from: its metadata is read, its state is read when it is asked for. Immutable and thread safe.</summary>
public sealed class RestoredCheckpoint
{
    private readonly FileSystemRegistry _fileSystems;

    internal RestoredCheckpoint(FileSystemRegistry fileSystems, string externalPointer, CheckpointMetadata metadata)
    {
        _fileSystems = fileSystems;
        ExternalPointer = externalPointer;
        Metadata = metadata;
    }

    /// <summary>The checkpoint's id.</summary>
    public long Id => Metadata.CheckpointId;

    /// <summary>Where it lies.</summary>
    public string ExternalPointer { get; }

    /// <summary>All that its <c>_metadata</c> says.</summary>
    public CheckpointMetadata Metadata { get; }

    /// <summary>
    /// The job's latest completed checkpoint, or null when it has none, without claiming the job: one listing and one read,
    /// and one read more for each newer checkpoint that was never finished.
    /// </summary>
    /// <exception cref="CheckpointException">The latest one cannot be read; the message names it and the next older one.</exception>
    public static Task<RestoredCheckpoint?> LoadLatestAsync(FileSystemCheckpointStorageBase storage, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        return CheckpointCatalog.LoadLatestAsync(storage, allowOlder: false, cancellationToken);
    }

    /// <summary>The checkpoint or savepoint that <paramref name="externalPointer"/> names.</summary>
    /// <exception cref="FileSystemException">Nothing is there, or the store failed.</exception>
    /// <exception cref="CheckpointMetadataException">What is there is no <c>_metadata</c> of a known version.</exception>
    public static async Task<RestoredCheckpoint> LoadAsync(FileSystemCheckpointStorageBase storage, string externalPointer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        var location = await storage.ResolveCheckpointAsync(externalPointer, cancellationToken).ConfigureAwait(false);
        var metadata = await CheckpointCatalog.ReadAsync(storage.FileSystems, location.MetadataHandle, location.ExternalPointer, cancellationToken).ConfigureAwait(false);
        return new RestoredCheckpoint(storage.FileSystems, location.ExternalPointer, metadata);
    }

    /// <summary>Reads the state that <paramref name="task"/> wrote, or answers the default of <typeparamref name="T"/> when it wrote none.</summary>
    /// <exception cref="CheckpointException">The operator had another parallelism, so its state is divided otherwise.</exception>
    /// <exception cref="FileSystemException">The state's file is missing or cannot be read.</exception>
    public async Task<T?> ReadAsync<T>(OperatorSubtask task, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (Find(task) is not { } state)
            return default;
        var stream = await state.OpenAsync(_fileSystems, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            return await read(stream, cancellationToken).ConfigureAwait(false);
    }

    private StreamStateHandle? Find(OperatorSubtask task)
    {
        task.Validate();
        var id = task.OperatorId;
        var found = Metadata.Operators.FirstOrDefault(o => o.Id == id);
        if (found is null)
            return null;
        if (found.Parallelism != task.Parallelism)
        {
            throw new CheckpointException(
                $"Operator '{task.Operator}' has {found.Parallelism} tasks in checkpoint {Id} ('{ExternalPointer}') and {task.Parallelism} now. "
                + "Restore it with the parallelism it had.");
        }
        return found.Subtasks.FirstOrDefault(s => s.Index == task.Index)?.ManagedOperatorState?.Delegate;
    }
}
