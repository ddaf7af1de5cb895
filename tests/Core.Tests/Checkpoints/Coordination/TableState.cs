using System.Text;
using Cairn.Checkpoints;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Coordination;

/// <summary>State that is a table of immutable files, each of which has its name as its content, in few words.</summary>
internal static class TableState
{
    public static Func<Stream, CancellationToken, Task> Text(string text) => (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), token).AsTask();

    public static async Task AddTextsAsync(this IncrementalSnapshot snapshot, params string[] files)
    {
        foreach (var file in files)
            await snapshot.AddSharedAsync(file, Text(file), TestContext.Current.CancellationToken);
    }

    public static Task WriteTableAsync(this PendingCheckpoint checkpoint, OperatorSubtask task, params string[] files) =>
        checkpoint.WriteIncrementalAsync(task, (snapshot, _) => snapshot.AddTextsAsync(files), TestContext.Current.CancellationToken);

    /// <summary>Takes one checkpoint of one table.</summary>
    public static async Task<CompletedCheckpoint> TableCheckpointAsync(this CheckpointCoordinator job, params string[] files)
    {
        await using var checkpoint = job.Begin();
        await checkpoint.WriteTableAsync("table", files);
        return await checkpoint.CompleteAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The names in a table, after every file was read.</summary>
    public static async Task<string[]> RestoreTableAsync(this CheckpointCoordinator job, OperatorSubtask task)
    {
        var table = (IncrementalRemoteKeyedStateHandle)job.Restored!.FindState(task)!.ManagedKeyedState!;
        foreach (var file in table.SharedState)
        {
            await using var stream = await job.Restored.OpenAsync(file.Handle, TestContext.Current.CancellationToken);
            using var reader = new StreamReader(stream);
            Assert.Equal(file.LocalPath, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }
        return [.. table.SharedState.Select(f => f.LocalPath)];
    }
}
