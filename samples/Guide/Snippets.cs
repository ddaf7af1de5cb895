using Cairn.Checkpoints;
using Cairn.FileSystems;
using Cairn.Hosting;

namespace Cairn.Samples.Guide;

/// <summary>The smaller pieces of the guide.</summary>
internal static class Snippets
{
    private const int Parallelism = 4;

    public static async Task ParallelTasksAsync(CheckpointCoordinator job, Counts[] counts, CancellationToken cancellationToken)
    {
        #region tasks
        await using var checkpoint = job.Begin();
        await Parallel.ForAsync(0, Parallelism, cancellationToken, async (i, token) =>
            await checkpoint.WriteAsync(new OperatorSubtask("counter", i, Parallelism), counts[i].WriteAsync, token));
        await checkpoint.CompleteAsync(cancellationToken);
        #endregion
    }

    public static async Task IncrementalAsync(CheckpointCoordinator job, string[] tables, string folder, CancellationToken cancellationToken)
    {
        #region incremental
        await using var checkpoint = job.Begin();
        await checkpoint.WriteIncrementalAsync("index", async (snapshot, token) =>
        {
            foreach (var table in tables)                                                 // immutable files, like an LSM tree's: sent once, used again
                await snapshot.AddSharedAsync(table, (stream, t) => CopyAsync(Path.Combine(folder, table), stream, t), token);
            await snapshot.AddPrivateAsync("MANIFEST", (stream, t) => CopyAsync(Path.Combine(folder, "MANIFEST"), stream, t), token);
        }, cancellationToken);
        await checkpoint.CompleteAsync(cancellationToken);
        #endregion
    }

    public static async Task<byte[]> CoordinatorSideAsync(PendingCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        #region trigger
        var trigger = await checkpoint.GetTriggerAsync(cancellationToken);               // a few dozen bytes, for a barrier, a queue or an RPC
        return trigger.ToBytes();
        #endregion
    }

    public static async Task<byte[]> TaskSideAsync(JobCheckpoints checkpoints, ReadOnlyMemory<byte> received, Counts counts, CancellationToken cancellationToken)
    {
        #region remote-task
        var part = TaskCheckpoint.Open(checkpoints.Storage, CheckpointTrigger.FromBytes(received.Span));
        var acknowledgement = await part.WriteAsync(new OperatorSubtask("counter", 2, Parallelism), counts.WriteAsync, cancellationToken);
        return acknowledgement.ToBytes();                                                 // back to the coordinator
        #endregion
    }

    public static async Task<bool> AcknowledgedAsync(CheckpointCoordinator job, ReadOnlyMemory<byte> received, CancellationToken cancellationToken)
    {
        #region acknowledge
        return await job.AcknowledgeAsync(CheckpointAcknowledgement.FromBytes(received), cancellationToken);
        #endregion
    }

    public static async Task<string> SavepointAsync(CheckpointCoordinator job, Counts counts, CancellationToken cancellationToken)
    {
        #region savepoint
        await using var savepoint = job.BeginSavepoint("s3://acme/savepoints");          // or Cairn:Checkpoints:SavepointDirectory
        await savepoint.WriteAsync("counter", counts.WriteAsync, cancellationToken);
        var completed = await savepoint.CompleteAsync(cancellationToken);
        return completed.ExternalPointer;                                                 // s3://acme/savepoints/savepoint-1f0a3c-9b2d44e07a51
        #endregion
    }

    public static async Task RescaleAsync(
        CheckpointCoordinator job, Func<SubtaskStateAssignment, CancellationToken, Task> restoreAsync, CancellationToken cancellationToken)
    {
        #region rescale
        if (job.Restored is { } restored && SubtaskStateAssignment.Divide(restored.Metadata, "counter", parallelism: 8) is { } shares)
        {
            foreach (var share in shares)                                                 // share.Task, and its part of keyed and of operator state
                await restoreAsync(share, cancellationToken);
        }
        #endregion
    }

    public static async Task LookAsync(JobCheckpoints checkpoints, CancellationToken cancellationToken)
    {
        #region look
        var latest = await RestoredCheckpoint.LoadLatestAsync(checkpoints.Storage, cancellationToken);
        Console.WriteLine(latest is null ? "none yet" : $"checkpoint {latest.Id} in {latest.ExternalPointer}");
        #endregion
    }

    public static async Task<bool> TryCheckpointAsync(CheckpointCoordinator job, Counts counts, CancellationToken cancellationToken)
    {
        #region failures
        try
        {
            await using var checkpoint = job.Begin();
            await checkpoint.WriteAsync("counter", counts.WriteAsync, cancellationToken);
            await checkpoint.CompleteAsync(cancellationToken);
            return true;
        }
        catch (FencedException)
        {
            throw;                                                                        // another process owns the job: stop, at once
        }
        catch (FileSystemException e) when (e.IsTransient || e.Code == FileSystemErrorCode.OutcomeUnknown)
        {
            return false;                                                                 // go on; the next checkpoint is taken when it is due
        }
        #endregion
    }

    private static async Task CopyAsync(string file, Stream stream, CancellationToken cancellationToken)
    {
        await using var source = File.OpenRead(file);
        await source.CopyToAsync(stream, cancellationToken);
    }
}
