using Cairn.Checkpoints.Coordination;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Checkpoints;

/// <summary>A checkpoint or savepoint that a job starts from: its metadata is read, its state is read when it is asked for. Immutable and thread safe.</summary>
public sealed class RestoredCheckpoint
{
    private readonly FileSystemRegistry _fileSystems;

    internal RestoredCheckpoint(FileSystemRegistry fileSystems, string externalPointer, StoragePath metadataFile, CheckpointMetadata metadata)
    {
        _fileSystems = fileSystems;
        ExternalPointer = externalPointer;
        MetadataFile = metadataFile;
        Metadata = metadata;
    }

    /// <summary>The checkpoint's id.</summary>
    public long Id => Metadata.CheckpointId;

    /// <summary>Where it lies.</summary>
    public string ExternalPointer { get; }

    /// <summary>All that its <c>_metadata</c> says.</summary>
    public CheckpointMetadata Metadata { get; }

    /// <summary>The file that it is told by.</summary>
    internal StoragePath MetadataFile { get; }

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
        var file = StoragePath.Parse(CheckpointFiles.PathOf(location.MetadataHandle)!);
        return new RestoredCheckpoint(storage.FileSystems, location.ExternalPointer, file, metadata);
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

    /// <summary>What the subtask had, state of every kind; null when the checkpoint has nothing of it.</summary>
    /// <exception cref="CheckpointException">The operator had another parallelism, so its state is divided otherwise; see <see cref="SubtaskStateAssignment"/>.</exception>
    public OperatorSubtaskState? FindState(OperatorSubtask task)
    {
        task.Validate();
        var found = Metadata.Operators.FirstOrDefault(o => o.Id == task.OperatorId);
        if (found is null)
            return null;
        if (found.Parallelism != task.Parallelism)
        {
            throw new CheckpointException(
                $"Operator '{task.Operator}' has {found.Parallelism} tasks in checkpoint {Id} ('{ExternalPointer}') and {task.Parallelism} now. "
                + "Restore it with the parallelism it had, or divide its state anew with SubtaskStateAssignment.");
        }
        return found.IsFullyFinished ? SubtaskStates.Finished(task.Index) : found.Subtasks.FirstOrDefault(s => s.Index == task.Index);
    }

    /// <summary>Opens the bytes of one of this checkpoint's handles: for inline state without a request.</summary>
    /// <inheritdoc cref="StateHandleReading.OpenAsync" path="/exception"/>
    public Task<Stream> OpenAsync(StreamStateHandle handle, CancellationToken cancellationToken = default) => handle.OpenAsync(_fileSystems, cancellationToken);

    private StreamStateHandle? Find(OperatorSubtask task) => FindState(task)?.ManagedOperatorState?.Delegate;
}
