using System.Diagnostics;
using Cairn.Checkpoints;
using Cairn.FileSystems;
using Cairn.Hosting;
using Microsoft.Extensions.Options;

namespace Cairn.Samples.WordCount;

/// <summary>Counts words on parallel tasks, checkpoints as it goes, and goes on where the last checkpoint was.</summary>
internal sealed class WordCountJob(
    JobCheckpoints checkpoints, FileSystemRegistry fileSystems, IOptions<WordCountOptions> options, CheckpointRequests requests, TimeProvider time, IReport report)
{
    private static readonly TimeSpan FinalCheckpointDeadline = TimeSpan.FromSeconds(10);

    private readonly WordCountOptions _options = options.Value;
    private long _processed;

    /// <summary>Runs to the end and answers true; or until <paramref name="stopping"/>, then makes a last checkpoint and answers false.</summary>
    /// <exception cref="OperationCanceledException">It was to stop, and there was no time for a last checkpoint.</exception>
    public async Task<bool> RunAsync(CancellationToken stopping)
    {
        var files = await InputFiles.FindAsync(fileSystems, _options.Input, stopping);
        var counters = InputFiles.Divide(files, _options.Tasks).Select((share, index) => new WordCounter(index, share, fileSystems)).ToList();

        await using var job = await checkpoints.OpenAsync(stopping);
        foreach (var counter in counters)
            await job.RestoreAsync(TaskOf(counter), counter.ReadAsync, stopping);
        report.Started(job.Restored, counters, requests.Take());

        using var deadline = new CancellationTokenSource();
        using var stop = stopping.Register(() => deadline.CancelAfter(FinalCheckpointDeadline));
        await CountAsync(job, counters, stopping, deadline.Token);

        if (_options.Savepoint is { } directory)
            await CheckpointAsync(job.BeginSavepoint(directory), counters, deadline.Token);
        if (counters.Any(c => !c.IsAtEnd))
            return false;
        report.Finished(WordCounts.Of(counters));
        await job.FinishAsync(CancellationToken.None);
        return true;
    }

    private OperatorSubtask TaskOf(WordCounter counter) => new("counter", counter.Index, _options.Tasks);

    /// <summary>Lets all tasks count until a checkpoint is due, takes it while they stand, and so on to the end.</summary>
    private async Task CountAsync(CheckpointCoordinator job, List<WordCounter> counters, CancellationToken stopping, CancellationToken deadline)
    {
        var everyTask = new ParallelOptions { MaxDegreeOfParallelism = counters.Count, CancellationToken = deadline };
        var pace = new Pace(TimeSpan.FromSeconds(_options.Pace), counters.Sum(c => c.Bytes) / Math.Max(1.0, counters.Sum(c => c.Length)), time);
        while (counters.Any(c => !c.IsAtEnd) && !stopping.IsCancellationRequested)
        {
            await Parallel.ForEachAsync(counters, everyTask, async (counter, token) => await counter.CountAsync(GoOnAsync, token));
            await CheckpointAsync(job.Begin(), counters, deadline);
        }

        async ValueTask<bool> GoOnAsync(WordCounter counter)
        {
            if (Interlocked.Increment(ref _processed) == _options.KillAfter)
                Process.GetCurrentProcess().Kill();
            await pace.WaitIfAheadAsync(counter.Bytes / (double)counter.Length, deadline);
            return !job.IsDue && !stopping.IsCancellationRequested;
        }
    }

    private async Task CheckpointAsync(PendingCheckpoint checkpoint, List<WordCounter> counters, CancellationToken deadline)
    {
        await using (checkpoint)
        {
            await Parallel.ForEachAsync(counters, deadline, async (counter, token) => await checkpoint.WriteAsync(TaskOf(counter), counter.WriteAsync, token));
            report.Completed(await checkpoint.CompleteAsync(deadline), counters.Sum(c => c.Records), requests.Take());
        }
    }
}
