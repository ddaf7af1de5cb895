using System.Diagnostics;
using Cairn.Checkpoints;
using Cairn.FileSystems;
using Cairn.Hosting;
using Microsoft.Extensions.Options;

namespace Cairn.Samples.WordCount;

/// <summary>Counts words on parallel tasks, checkpoints as it goes, and goes on where the last checkpoint was.</summary>
internal sealed class WordCountJob(
    JobCheckpoints checkpoints, FileSystemRegistry fileSystems, IOptions<WordCountOptions> options, CheckpointRequests requests, TimeProvider time, Report report)
{
    private static readonly TimeSpan FinalCheckpointDeadline = TimeSpan.FromSeconds(10);

    private readonly WordCountOptions _options = options.Value;
    private long _processed;

    /// <summary>Runs to the end and answers true, or until <paramref name="stopping"/>, makes a last checkpoint and answers false.</summary>
    public async Task<bool> RunAsync(CancellationToken stopping)
    {
        var files = await InputFiles.FindAsync(fileSystems, _options.Input, stopping);
        var shares = InputFiles.Divide(files, _options.Tasks);
        var counters = shares.Select((share, index) => new WordCounter(index, share, fileSystems)).ToList();

        await using var job = await checkpoints.OpenAsync(stopping);
        foreach (var counter in counters)
            await job.RestoreAsync(TaskOf(counter), counter.ReadAsync, stopping);
        report.Start(job.Restored, counters, files.Sum(f => f.Length), requests.Take());

        var pace = new Pace(_options.Pace, counters.Sum(c => c.Bytes) / (double)Math.Max(1, files.Sum(f => f.Length)), time);
        while (counters.Any(c => !c.IsAtEnd) && !stopping.IsCancellationRequested)
        {
            await Parallel.ForEachAsync(counters, async (counter, _) => await CountAsync(counter, shares[counter.Index].Sum(f => f.Length), pace, job, stopping));
            await CheckpointAsync(job, counters);
        }

        if (_options.Savepoint is { } target)
            await SavepointAsync(job, counters, target);
        if (counters.Any(c => !c.IsAtEnd))
        {
            report.Stopped();
            return false;
        }
        report.Finish(counters);
        await job.FinishAsync(CancellationToken.None);
        return true;
    }

    private OperatorSubtask TaskOf(WordCounter counter) => new("counter", counter.Index, _options.Tasks);

    private async Task CountAsync(WordCounter counter, long length, Pace pace, CheckpointCoordinator job, CancellationToken stopping)
    {
        while (!counter.IsAtEnd && !job.IsDue && !stopping.IsCancellationRequested)
        {
            await counter.CountAsync(ShouldPause, CancellationToken.None);
            report.Progress(counter);
            if (!counter.IsAtEnd && pace.IsAhead(counter.Bytes / (double)length))
                await pace.WaitAsync(CancellationToken.None);
        }

        bool ShouldPause(WordCounter c)
        {
            if (Interlocked.Increment(ref _processed) == _options.KillAfter)
                Process.GetCurrentProcess().Kill();
            return job.IsDue || stopping.IsCancellationRequested || pace.IsAhead(c.Bytes / (double)length);
        }
    }

    private async Task CheckpointAsync(CheckpointCoordinator job, List<WordCounter> counters)
    {
        using var deadline = new CancellationTokenSource(FinalCheckpointDeadline, time);
        await using var checkpoint = job.Begin();
        await Parallel.ForEachAsync(counters, deadline.Token, async (counter, token) => await checkpoint.WriteAsync(TaskOf(counter), counter.WriteAsync, token));
        report.Completed(await checkpoint.CompleteAsync(deadline.Token), counters, requests.Take());
    }

    private async Task SavepointAsync(CheckpointCoordinator job, List<WordCounter> counters, string target)
    {
        await using var savepoint = job.BeginSavepoint(target);
        foreach (var counter in counters)
            await savepoint.WriteAsync(TaskOf(counter), counter.WriteAsync);
        report.Completed(await savepoint.CompleteAsync(), counters, requests.Take());
    }
}
