using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;

namespace Cairn.Conformance.Checkpoints;

/// <summary>
/// A job of three tasks, each of which has small state that stays inline, large state in a file of its own, and a table that is written incrementally:
/// each checkpoint adds a file to it and goes on using those of the last two. It knows what every checkpoint must restore: exactly, of those that it
/// began itself; of another process's, that every state is there, whole, and was written for that task.
/// </summary>
/// <param name="directory">The checkpoint directory.</param>
public sealed class IncrementalJob(StoragePath directory)
{
    private const int InlineThreshold = 64;
    private const int TableFiles = 3;
    private const long IdsPerEpoch = 1_000_000;

    private static readonly string[] Operators = ["small", "large", .. Enumerable.Range(0, TableFiles).Select(file => $"table-{file}")];

    private readonly Dictionary<long, Dictionary<OperatorSubtask, long>> _writers = [];
    private Dictionary<OperatorSubtask, TableFile> _table = [];

    /// <summary>How many tasks it has.</summary>
    public const int Tasks = 3;

    /// <summary>How many completed checkpoints it keeps.</summary>
    public const int Retained = 2;

    /// <summary>The highest id that was reported complete; 0 before the first.</summary>
    public long LastReported { get; private set; }

    /// <summary>Where its checkpoints go.</summary>
    public FileSystemCheckpointStorage StorageOn(FileSystemRegistry fileSystems) =>
        new(fileSystems, JobId.FromName("incremental"), directory, inlineThreshold: InlineThreshold);

    /// <summary>Takes the job over.</summary>
    public Task<CheckpointCoordinator> OpenAsync(FileSystemRegistry fileSystems, CancellationToken cancellationToken) =>
        CheckpointCoordinator.OpenAsync(StorageOn(fileSystems), new CheckpointCoordinatorOptions { Retained = Retained }, cancellationToken: cancellationToken);

    /// <summary>Takes one checkpoint; what goes wrong is thrown, after the checkpoint was given up.</summary>
    public async Task CheckpointAsync(CheckpointCoordinator coordinator, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(coordinator);
        await using var checkpoint = coordinator.Begin();
        var writers = _writers[checkpoint.Id] = AllTasks().ToDictionary(task => task, _ => checkpoint.Id);
        for (var task = 0; task < Tasks; task++)
        {
            foreach (var state in new OperatorSubtask[] { new("small", task, Tasks), new("large", task, Tasks) })
                await checkpoint.WriteAsync(state, ContentOf(state, checkpoint.Id).WriteToAsync, cancellationToken);
        }
        var table = await WriteTableAsync(checkpoint, cancellationToken);
        foreach (var (slot, file) in table)
            writers[slot] = file.Writer ?? 0;
        var completed = await checkpoint.CompleteAsync(cancellationToken);
        LastReported = completed.Id;
        _table = table;
    }

    /// <summary>Starts anew from what a restored checkpoint has: what was built since is forgotten, as when the process ends.</summary>
    public void Restore(RestoredCheckpoint? restored) =>
        _table = restored is null ? [] : StatesOf(restored).Where(state => IsTable(state.Key))
            .ToDictionary(state => state.Key, state => new TableFile(state.Value, _writers.GetValueOrDefault(restored.Id)?[state.Key]));

    /// <summary>Fails unless every task finds in <paramref name="checkpoint"/> what was written for it.</summary>
    public async Task CheckAsync(RestoredCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Expect.SameSet(AllTasks(), StatesOf(checkpoint).Keys, $"the tasks of checkpoint {checkpoint.Id}");
        foreach (var task in AllTasks())
        {
            await checkpoint.ReadAsync(
                task,
                (stream, token) => Payload.IdentifyAsync(stream, [.. WritersOf(checkpoint.Id, task).Select(id => ContentOf(task, id))], token),
                cancellationToken);
        }
    }

    private static IEnumerable<OperatorSubtask> AllTasks() => Operators.SelectMany(_ => Enumerable.Range(0, Tasks), (name, task) => new OperatorSubtask(name, task, Tasks));

    private static bool IsTable(OperatorSubtask task) => task.Operator.StartsWith("table-", StringComparison.Ordinal);

    private static Dictionary<OperatorSubtask, StreamStateHandle> StatesOf(RestoredCheckpoint checkpoint) => checkpoint.Metadata.Operators
        .SelectMany(o => o.Subtasks, (o, subtask) => (Task: new OperatorSubtask(o.Uid!, subtask.Index, o.Parallelism), subtask.ManagedOperatorState!.Delegate))
        .ToDictionary();

    private static Payload ContentOf(OperatorSubtask task, long checkpointId)
    {
        var state = Array.IndexOf(Operators, task.Operator);
        return new Payload((int)((checkpointId * 64) + (state * 8) + task.Index), state == 0 ? InlineThreshold / 2 : InlineThreshold * (state + 2));
    }

    /// <summary>The checkpoints that may have written what <paramref name="task"/> finds in this one: of another process's table, any before it.</summary>
    private IEnumerable<long> WritersOf(long checkpointId, OperatorSubtask task)
    {
        var known = _writers.TryGetValue(checkpointId, out var writers) ? writers[task] : IsTable(task) ? 0 : checkpointId;
        return known > 0 ? [known]
            : from epoch in Enumerable.Range(0, (int)(checkpointId / IdsPerEpoch) + 1)
              from n in Enumerable.Range(1, 20)
              let id = (epoch * IdsPerEpoch) + n
              where id <= checkpointId
              select id;
    }

    /// <summary>The file of this checkpoint is new, the others are those of the last completed one.</summary>
    private async Task<Dictionary<OperatorSubtask, TableFile>> WriteTableAsync(PendingCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var table = new Dictionary<OperatorSubtask, TableFile>();
        foreach (var slot in AllTasks().Where(IsTable))
        {
            var isNew = slot.Operator == $"table-{checkpoint.Id % TableFiles}" || !_table.ContainsKey(slot);
            table[slot] = isNew ? await UploadAsync(checkpoint, slot, cancellationToken) : _table[slot];
            checkpoint.Acknowledge(slot, table[slot].Handle);
        }
        return table;
    }

    private static async Task<TableFile> UploadAsync(PendingCheckpoint checkpoint, OperatorSubtask slot, CancellationToken cancellationToken)
    {
        var location = await checkpoint.GetLocationAsync(cancellationToken);
        await using var output = await location.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Shared, cancellationToken);
        await ContentOf(slot, checkpoint.Id).WriteToAsync(output.Stream, cancellationToken);
        return new TableFile((await output.FinishAsync(cancellationToken))!, checkpoint.Id);
    }

    /// <summary>A file of the table.</summary>
    /// <param name="Handle">Where it lies.</param>
    /// <param name="Writer">The checkpoint that it was written for; null when another process did.</param>
    private sealed record TableFile(StreamStateHandle Handle, long? Writer);
}
