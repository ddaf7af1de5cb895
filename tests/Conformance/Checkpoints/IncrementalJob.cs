using System.Globalization;
using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Conformance.Checkpoints;

/// <summary>
/// A job of three tasks, each of which has small state that stays inline, large state in a file of its own, and a table of immutable files that is written
/// incrementally: each checkpoint adds a file to it and goes on using the last ones. Every state says by its bytes which task and which checkpoint wrote it,
/// so that any process can tell whether a checkpoint is whole.
/// </summary>
/// <param name="directory">The checkpoint directory.</param>
public sealed class IncrementalJob(StoragePath directory)
{
    private const int InlineThreshold = 64;
    private const int TableFiles = 3;

    private readonly Dictionary<long, long[]> _tables = [];
    private long[] _table = [];

    /// <summary>How many tasks it has.</summary>
    public const int Tasks = 3;

    /// <summary>How many completed checkpoints it keeps.</summary>
    public const int Retained = 2;

    private enum Kind
    {
        Small,
        Large,
        TableFile,
        Manifest,
        Description,
    }

    /// <summary>The highest id that was reported complete; 0 before the first.</summary>
    public long LastReported { get; private set; }

    /// <summary>Where its checkpoints go.</summary>
    public FileSystemCheckpointStorage StorageOn(FileSystemRegistry fileSystems) =>
        new(fileSystems, JobId.FromName("incremental"), directory, inlineThreshold: InlineThreshold);

    /// <summary>Takes the job over, and the table that its latest checkpoint has.</summary>
    public async Task<CheckpointCoordinator> OpenAsync(FileSystemRegistry fileSystems, CancellationToken cancellationToken)
    {
        var options = new CheckpointCoordinatorOptions { Retained = Retained };
        var coordinator = await CheckpointCoordinator.OpenAsync(StorageOn(fileSystems), options, cancellationToken: cancellationToken);
        _table = coordinator.Restored is { } restored ? [.. SharedFilesOf(TableOf(restored, 0)).Select(file => file.Writer).Order()] : [];
        return coordinator;
    }

    /// <summary>Takes one checkpoint and waits until older ones are discarded; what goes wrong is thrown, after the checkpoint was given up.</summary>
    public async Task CheckpointAsync(CheckpointCoordinator coordinator, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(coordinator);
        await using var checkpoint = coordinator.Begin();
        _table = _tables[checkpoint.Id] = [.. _table.TakeLast(TableFiles - 1), checkpoint.Id];
        for (var task = 0; task < Tasks; task++)
        {
            await checkpoint.WriteAsync(Small(task), ContentOf(Kind.Small, task, checkpoint.Id).WriteToAsync, cancellationToken);
            await checkpoint.WriteAsync(Large(task), ContentOf(Kind.Large, task, checkpoint.Id).WriteToAsync, cancellationToken);
            await checkpoint.WriteIncrementalAsync(Table(task), (snapshot, token) => WriteTableAsync(snapshot, task, checkpoint.Id, token), cancellationToken);
        }
        LastReported = (await checkpoint.CompleteAsync(cancellationToken)).Id;
        await coordinator.WaitForDiscardsAsync(cancellationToken);
    }

    /// <summary>Fails unless <paramref name="checkpoint"/> has all that was written for it, every byte of it.</summary>
    public async Task CheckAsync(RestoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        for (var task = 0; task < Tasks; task++)
        {
            await CheckAsync(checkpoint, Delegate(checkpoint, Small(task)), ContentOf(Kind.Small, task, checkpoint.Id), cancellationToken);
            await CheckAsync(checkpoint, Delegate(checkpoint, Large(task)), ContentOf(Kind.Large, task, checkpoint.Id), cancellationToken);
            var table = TableOf(checkpoint, task);
            await CheckAsync(checkpoint, table.MetaDataStateHandle, ContentOf(Kind.Description, task, checkpoint.Id), cancellationToken);
            await CheckAsync(checkpoint, table.PrivateState[0].Handle, ContentOf(Kind.Manifest, task, checkpoint.Id), cancellationToken);
            var files = SharedFilesOf(table);
            if (_tables.TryGetValue(checkpoint.Id, out var expected))
                Expect.SameSet(expected, files.Select(file => file.Writer), $"the table of task {task} in checkpoint {checkpoint.Id}");
            foreach (var (writer, handle) in files)
                await CheckAsync(checkpoint, handle, ContentOf(Kind.TableFile, task, writer), cancellationToken);
        }
    }

    private static OperatorSubtask Small(int task) => new("small", task, Tasks);

    private static OperatorSubtask Large(int task) => new("large", task, Tasks);

    private static OperatorSubtask Table(int task) => new("table", task, Tasks);

    private static Payload ContentOf(Kind kind, int task, long checkpointId) =>
        new((int)((checkpointId * 64) + ((int)kind * 8) + task), kind is Kind.Small or Kind.Description ? InlineThreshold / 2 : InlineThreshold * (int)kind * 2);

    private async Task WriteTableAsync(IncrementalSnapshot snapshot, int task, long checkpointId, CancellationToken cancellationToken)
    {
        foreach (var writer in _table)
            await snapshot.AddSharedAsync(string.Create(CultureInfo.InvariantCulture, $"{writer}.sst"), ContentOf(Kind.TableFile, task, writer).WriteToAsync, cancellationToken);
        await snapshot.AddPrivateAsync("MANIFEST", ContentOf(Kind.Manifest, task, checkpointId).WriteToAsync, cancellationToken);
        await snapshot.WriteMetadataAsync(ContentOf(Kind.Description, task, checkpointId).WriteToAsync, cancellationToken);
    }

    private static StreamStateHandle Delegate(RestoredCheckpoint checkpoint, OperatorSubtask task) =>
        checkpoint.FindState(task)?.ManagedOperatorState?.Delegate ?? throw new ConformanceException($"Checkpoint {checkpoint.Id} has no state of {task}.");

    private static IncrementalRemoteKeyedStateHandle TableOf(RestoredCheckpoint checkpoint, int task) =>
        checkpoint.FindState(Table(task))?.ManagedKeyedState as IncrementalRemoteKeyedStateHandle
        ?? throw new ConformanceException($"Checkpoint {checkpoint.Id} has no table of task {task}.");

    private static List<(long Writer, StreamStateHandle Handle)> SharedFilesOf(IncrementalRemoteKeyedStateHandle table) =>
        [.. table.SharedState.Select(file => (long.Parse(Path.GetFileNameWithoutExtension(file.LocalPath), CultureInfo.InvariantCulture), file.Handle))];

    private static async Task CheckAsync(RestoredCheckpoint checkpoint, StreamStateHandle handle, Payload content, CancellationToken cancellationToken)
    {
        await using var stream = await checkpoint.OpenAsync(handle, cancellationToken);
        await content.CheckAsync(stream, cancellationToken);
    }
}
