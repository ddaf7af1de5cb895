using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Conformance.Checkpoints;

/// <summary>
/// A job of three tasks, each of which has small state that stays inline, large state in a file of its own, and a table that is written incrementally:
/// each checkpoint adds a file to it and goes on using those of the last two. It knows what every checkpoint it ever began must restore.
/// </summary>
internal sealed class IncrementalJob(StoragePath directory)
{
    private const int InlineThreshold = 64;
    private const int TableFiles = 3;

    private readonly Dictionary<long, Dictionary<OperatorSubtask, Payload>> _expected = [];
    private Dictionary<OperatorSubtask, TableFile> _table = [];

    /// <summary>How many tasks it has.</summary>
    public const int Tasks = 3;

    /// <summary>How many completed checkpoints it keeps.</summary>
    public const int Retained = 2;

    /// <summary>The highest id that was reported complete; 0 before the first.</summary>
    public long LastReported { get; private set; }

    /// <summary>Every id that was begun.</summary>
    public IReadOnlyCollection<long> Begun => _expected.Keys;

    public FileSystemCheckpointStorage StorageOn(FileSystemRegistry fileSystems) =>
        new(fileSystems, JobId.FromName("incremental"), directory, inlineThreshold: InlineThreshold);

    public Task<CheckpointCoordinator> OpenAsync(FileSystemRegistry fileSystems, CancellationToken cancellationToken) =>
        CheckpointCoordinator.OpenAsync(StorageOn(fileSystems), new CheckpointCoordinatorOptions { Retained = Retained }, cancellationToken: cancellationToken);

    /// <summary>Takes one checkpoint; what goes wrong is thrown, after the checkpoint was given up.</summary>
    public async Task CheckpointAsync(CheckpointCoordinator coordinator, CancellationToken cancellationToken)
    {
        await using var checkpoint = coordinator.Begin();
        var expected = _expected[checkpoint.Id] = [];
        var table = new Dictionary<OperatorSubtask, TableFile>();
        for (var task = 0; task < Tasks; task++)
        {
            await WriteAsync(checkpoint, new("small", task, Tasks), InlineThreshold / 2, expected, cancellationToken);
            await WriteAsync(checkpoint, new("large", task, Tasks), InlineThreshold * 4, expected, cancellationToken);
        }
        for (var file = 0; file < TableFiles; file++)
            await WriteTableAsync(checkpoint, file, table, cancellationToken);
        foreach (var (slot, kept) in table)
            expected[slot] = kept.Content;
        var completed = await checkpoint.CompleteAsync(cancellationToken);
        LastReported = completed.Id;
        _table = table;
    }

    /// <summary>Starts anew from what a restored checkpoint has: what was built since is forgotten, as when the process ends.</summary>
    public void Restore(RestoredCheckpoint? restored)
    {
        _table = restored is null ? [] : restored.Metadata.Operators.Where(o => o.Uid is not null && o.Uid.StartsWith("table-", StringComparison.Ordinal))
            .SelectMany(o => o.Subtasks.Select(s => (Slot: new OperatorSubtask(o.Uid!, s.Index, o.Parallelism), s.ManagedOperatorState!.Delegate)))
            .ToDictionary(s => s.Slot, s => new TableFile(s.Delegate, _expected[restored.Id][s.Slot]));
    }

    /// <summary>Fails unless every task finds in <paramref name="checkpoint"/> exactly what was written for it.</summary>
    public async Task CheckAsync(RestoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        Expect.True(_expected.TryGetValue(checkpoint.Id, out var expected), $"checkpoint {checkpoint.Id} to be one that was begun");
        foreach (var (task, content) in expected)
        {
            var found = await checkpoint.ReadAsync(task, async (stream, token) =>
            {
                await content.CheckAsync(stream, token);
                return true;
            }, cancellationToken);
            Expect.True(found, $"checkpoint {checkpoint.Id} to have the state of {task}");
        }
    }

    private static async Task WriteAsync(
        PendingCheckpoint checkpoint, OperatorSubtask task, int length, Dictionary<OperatorSubtask, Payload> expected, CancellationToken cancellationToken)
    {
        var content = ContentOf(checkpoint.Id, task, length);
        expected[task] = content;
        await checkpoint.WriteAsync(task, content.WriteToAsync, cancellationToken);
    }

    /// <summary>The file of this checkpoint is new, the others are those of the last completed one.</summary>
    private async Task WriteTableAsync(PendingCheckpoint checkpoint, int file, Dictionary<OperatorSubtask, TableFile> table, CancellationToken cancellationToken)
    {
        for (var task = 0; task < Tasks; task++)
        {
            var slot = new OperatorSubtask($"table-{file}", task, Tasks);
            var kept = file == checkpoint.Id % TableFiles || !_table.TryGetValue(slot, out var last) ? await UploadAsync(checkpoint, slot, cancellationToken) : last;
            table[slot] = kept;
            checkpoint.Acknowledge(slot, kept.Handle);
        }
    }

    private static async Task<TableFile> UploadAsync(PendingCheckpoint checkpoint, OperatorSubtask slot, CancellationToken cancellationToken)
    {
        var content = ContentOf(checkpoint.Id, slot, InlineThreshold * 2);
        var location = await checkpoint.GetLocationAsync(cancellationToken);
        await using var output = await location.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Shared, cancellationToken);
        await content.WriteToAsync(output.Stream, cancellationToken);
        return new TableFile((await output.FinishAsync(cancellationToken))!, content);
    }

    private static Payload ContentOf(long checkpointId, OperatorSubtask task, int length) => new(unchecked((int)checkpointId * 1009) + (task.Operator.Length * 101) + task.Operator[^1] + (task.Index * 17), length);

    private sealed record TableFile(StreamStateHandle Handle, Payload Content);
}
