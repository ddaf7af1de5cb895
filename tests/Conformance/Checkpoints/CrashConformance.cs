using Cairn.Checkpoints;
using Cairn.Conformance.FileSystems;
using Cairn.FileSystems;

namespace Cairn.Conformance.Checkpoints;

/// <summary>How a run of <see cref="CrashConformance"/> is cut short; by default it is not.</summary>
public sealed record CrashOptions
{
    /// <summary>Every how many-th request gets its run; 1 is every one.</summary>
    public int Step { get; init; } = 1;

    /// <summary>The first request that gets its run, from 1.</summary>
    public int First { get; init; } = 1;

    /// <summary>Whether the job ends when a checkpoint fails, or gives only that checkpoint up and goes on.</summary>
    public bool GoesOn { get; init; }
}

/// <summary>
/// Runs one job (five checkpoints, two retained, three tasks, incremental state) again and again, and each time lets another of its requests go wrong.
/// Reopened by a process that nothing happens to, the latest completed checkpoint restores with every file there, every <c>_metadata</c> is complete,
/// and the job goes on from it.
/// </summary>
public static class CrashConformance
{
    private const int Checkpoints = 5;

    /// <summary>Runs the job once for each request, on a fresh harness each time.</summary>
    /// <returns>How many runs there were.</returns>
    /// <exception cref="ConformanceException">Something was lost; the message says after which request.</exception>
    public static async Task<int> RunAsync(
        RequestFault fault, Func<FileSystemHarness> open, CrashOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        options ??= new();
        var runs = 0;
        for (var at = options.First; await RunOnceAsync(fault, at, open, options, cancellationToken); at += options.Step)
            runs++;
        return runs;
    }

    /// <summary>One run; false when it ended before its fault could happen.</summary>
    private static async Task<bool> RunOnceAsync(RequestFault fault, int at, Func<FileSystemHarness> open, CrashOptions options, CancellationToken cancellationToken)
    {
        await using var harness = open();
        using var faults = new FaultInjector(fault, at);
        var job = new IncrementalJob(harness.Directory / "checkpoints");
        try
        {
            await RunJobAsync(job, harness, faults, options.GoesOn);
            if (!faults.HasHappened)
                return false;
            await CheckStoreAsync(job, harness, cancellationToken);
            await GoOnAsync(job, harness, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw new ConformanceException($"{fault} at request {at}{(options.GoesOn ? ", the job goes on" : "")}: {e.Message}", e);
        }
        return true;
    }

    /// <summary>The process that the fault happens to.</summary>
    private static async Task RunJobAsync(IncrementalJob job, FileSystemHarness harness, FaultInjector faults, bool goesOn)
    {
        await using var fileSystems = StoreProvider.RegistryOf(faults.Watch(harness.OpenAnother()));
        if (await OpenAsync(job, fileSystems, faults, goesOn) is not { } coordinator)
            return;
        await using (coordinator)
        {
            for (var i = 0; i < Checkpoints; i++)
            {
                if (!await TryAsync(() => job.CheckpointAsync(coordinator, faults.Token)) && !goesOn)
                    return;
            }
        }
    }

    private static async Task<CheckpointCoordinator?> OpenAsync(IncrementalJob job, FileSystemRegistry fileSystems, FaultInjector faults, bool goesOn)
    {
        CheckpointCoordinator? coordinator = null;
        for (var attempt = 0; attempt < (goesOn ? 2 : 1) && coordinator is null; attempt++)
            await TryAsync(async () => coordinator = await job.OpenAsync(fileSystems, faults.Token));
        return coordinator;
    }

    /// <summary>False when what is being tested failed as a store fails or a cancellation ends it; any other exception is a finding.</summary>
    private static async Task<bool> TryAsync(Func<Task> step)
    {
        try
        {
            await step();
            return true;
        }
        catch (Exception e) when (e is FileSystemException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Another process looks, without claiming the job: everything that has a <c>_metadata</c> is whole, and the latest is no older than what was reported.</summary>
    private static async Task CheckStoreAsync(IncrementalJob job, FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await using var fileSystems = StoreProvider.RegistryOf(harness.OpenAnother());
        var storage = job.StorageOn(fileSystems);
        var latest = await RestoredCheckpoint.LoadLatestAsync(storage, cancellationToken);
        Expect.True((latest?.Id ?? 0) >= job.LastReported, $"the latest checkpoint to be {job.LastReported}, which was reported, or newer; it is {latest?.Id}");
        foreach (var directory in await CompletedAsync(job, harness, storage, cancellationToken))
            await job.CheckAsync(await RestoredCheckpoint.LoadAsync(storage, directory.ToString(), cancellationToken), cancellationToken);
    }

    /// <summary>A new owner restores the latest checkpoint, goes on from it, and keeps what it is told to keep.</summary>
    private static async Task GoOnAsync(IncrementalJob job, FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await using var fileSystems = StoreProvider.RegistryOf(harness.OpenAnother());
        await using var coordinator = await job.OpenAsync(fileSystems, cancellationToken);
        for (var i = 0; i < IncrementalJob.Retained + 1; i++)
        {
            await job.CheckpointAsync(coordinator, cancellationToken);
            await CheckStoreAsync(job, harness, cancellationToken);
        }
        var completed = await CompletedAsync(job, harness, job.StorageOn(fileSystems), cancellationToken);
        Expect.Equal(IncrementalJob.Retained, completed.Count, "the number of checkpoints that are kept");
    }

    /// <summary>The directories of all checkpoints that have a <c>_metadata</c>.</summary>
    private static async Task<List<StoragePath>> CompletedAsync(
        IncrementalJob job, FileSystemHarness harness, FileSystemCheckpointStorage storage, CancellationToken cancellationToken)
    {
        var directory = harness.Directory / "checkpoints" / storage.JobId.ToString();
        var found = new List<StoragePath>();
        foreach (var entry in await harness.FileSystem.ListAllAsync(directory, new ListOptions { Recursive = true }, cancellationToken))
        {
            if (entry.Path.Name == "_metadata")
                found.Add(entry.Path.Parent!);
        }
        return found;
    }
}
