using System.Text;
using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.Cli.Tests.Stores;
using Cairn.FileSystems;

namespace Cairn.Cli.Tests.Samples;

/// <summary>
/// A job whose keyed state is a set of tables, as an LSM tree has them: each checkpoint adds one to <c>shared/</c> and keeps the last few, beside some
/// operator state of its own.
/// </summary>
internal sealed class SampleJob : IAsyncDisposable
{
    private const int Tables = 4;

    private static readonly OperatorSubtask Keyed = new("tables", 0, 1);
    private static readonly OperatorSubtask Source = new("source", 0, 1);

    private readonly List<string> _tables = [];
    private readonly CheckpointCoordinator _coordinator;
    private readonly FileSystemRegistry _fileSystems;
    private int _next;

    private SampleJob(JobId id, StoragePath root, CheckpointCoordinator coordinator, FileSystemRegistry fileSystems)
    {
        (Id, Directory, _coordinator, _fileSystems) = (id, root / id.ToString(), coordinator, fileSystems);
    }

    public JobId Id { get; }

    public StoragePath Directory { get; }

    public CheckpointCoordinator Coordinator => _coordinator;

    /// <summary>The job's tables, as restored or as it went on.</summary>
    public IReadOnlyList<string> State => _tables;

    public static async Task<SampleJob> OpenAsync(TestStore store, string name, CheckpointCoordinatorOptions? options = null, StoragePath? root = null) =>
        await OpenAsync(store.FileSystems, root ?? store.Root / "checkpoints", name, options);

    public static async Task<SampleJob> OpenAsync(FileSystemRegistry fileSystems, StoragePath root, string name, CheckpointCoordinatorOptions? options = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var id = JobId.FromName(name);
        var storage = new FileSystemCheckpointStorage(fileSystems, id, root, root.Parent! / "savepoints", inlineThreshold: 0);
        var coordinator = await CheckpointCoordinator.OpenAsync(storage, options ?? new() { Retained = 3 }, cancellationToken: cancellationToken);
        var job = new SampleJob(id, root, coordinator, fileSystems);
        await job.RestoreAsync();
        return job;
    }

    /// <summary>Takes a checkpoint; the oldest table goes, a new one comes.</summary>
    public async Task<CompletedCheckpoint> CheckpointAsync()
    {
        await using var checkpoint = _coordinator.Begin();
        await WriteAsync(checkpoint);
        return await checkpoint.CompleteAsync(TestContext.Current.CancellationToken);
    }

    public async Task<CompletedCheckpoint> SavepointAsync()
    {
        await using var savepoint = _coordinator.BeginSavepoint();
        await WriteAsync(savepoint);
        return await savepoint.CompleteAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Begins a checkpoint, writes its state, and aborts it.</summary>
    public async Task AbortAsync()
    {
        await using var checkpoint = _coordinator.Begin();
        await WriteAsync(checkpoint);
    }

    public ValueTask DisposeAsync() => _coordinator.DisposeAsync();

    private async Task WriteAsync(PendingCheckpoint checkpoint)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        _tables.Add($"{_next++:d6}.sst");
        if (_tables.Count > Tables)
            _tables.RemoveAt(0);
        await checkpoint.WriteIncrementalAsync(Keyed, async (snapshot, token) =>
        {
            foreach (var table in _tables)
                await snapshot.AddSharedAsync(table, (stream, t) => stream.WriteAsync(Content(table), t).AsTask(), token);
            await snapshot.AddPrivateAsync("MANIFEST", (stream, t) => stream.WriteAsync(Encoding.UTF8.GetBytes(string.Join('\n', _tables)), t).AsTask(), token);
        }, cancellationToken);
        await checkpoint.WriteAsync(Source, (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes($"offset {_next}"), token).AsTask(), cancellationToken);
    }

    private async Task RestoreAsync()
    {
        if (_coordinator.Restored?.FindState(Keyed)?.ManagedKeyedState is not IncrementalRemoteKeyedStateHandle state)
            return;
        foreach (var file in state.SharedState)
        {
            _tables.Add(file.LocalPath);
            await using var stream = await file.Handle.OpenAsync(_fileSystems, TestContext.Current.CancellationToken);
            var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
            Assert.Equal(Content(file.LocalPath), bytes.ToArray());
        }
        _next = _tables.Max(t => int.Parse(t[..6], System.Globalization.CultureInfo.InvariantCulture)) + 1;
    }

    /// <summary>What a table of this name holds, always.</summary>
    private static byte[] Content(string table)
    {
        var bytes = new byte[5000];
        new Random(table[5]).NextBytes(bytes);
        return bytes;
    }
}
