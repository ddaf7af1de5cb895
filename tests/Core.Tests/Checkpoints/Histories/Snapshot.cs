using System.Text;
using Cairn.Checkpoints;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Histories;

/// <summary>What a checkpoint must give back: the text of each plain task, and the files of the table, each of which has its name as its content.</summary>
internal sealed class Snapshot
{
    public const int PlainTasks = 2;

    public Dictionary<int, string> Plain { get; } = [];

    public HashSet<string>? Table { get; set; }

    public static OperatorSubtask PlainTask(int index) => new("plain", index, PlainTasks);

    public static OperatorSubtask TableTask => new("table");

    public static Func<Stream, CancellationToken, Task> Text(string text) => (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), token).AsTask();

    /// <summary>Reads everything that a checkpoint has.</summary>
    public static async Task<Snapshot> ReadAsync(RestoredCheckpoint checkpoint)
    {
        var snapshot = new Snapshot();
        for (var i = 0; i < PlainTasks; i++)
        {
            if (await checkpoint.ReadAsync(PlainTask(i), ReadTextAsync) is { } text)
                snapshot.Plain.Add(i, text);
        }
        if (checkpoint.FindState(TableTask)?.ManagedKeyedState is IncrementalRemoteKeyedStateHandle table)
            snapshot.Table = await ReadTableAsync(checkpoint, table);
        return snapshot;
    }

    public override string ToString() => $"{string.Join(',', Plain.OrderBy(p => p.Key).Select(p => p.Value))} table {(Table is null ? "none" : string.Join(',', Table.Order(StringComparer.Ordinal)))}";

    private static async Task<HashSet<string>> ReadTableAsync(RestoredCheckpoint checkpoint, IncrementalRemoteKeyedStateHandle table)
    {
        var files = new HashSet<string>();
        foreach (var file in table.SharedState)
        {
            await using var stream = await checkpoint.OpenAsync(file.Handle);
            Assert.Equal(file.LocalPath, await ReadTextAsync(stream, CancellationToken.None));
            Assert.True(files.Add(file.LocalPath));
        }
        await using var metadata = await checkpoint.OpenAsync(table.MetaDataStateHandle);
        Assert.Equal("manifest", await ReadTextAsync(metadata, CancellationToken.None));
        return files;
    }

    private static async Task<string> ReadTextAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }
}
