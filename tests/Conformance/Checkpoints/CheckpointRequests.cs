using Cairn.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Conformance.Checkpoints;

/// <summary>The life of a job that keeps one checkpoint, step by step, for tests that count what each step sends.</summary>
public static class CheckpointRequests
{
    /// <summary>The tasks of the job.</summary>
    public const int Tasks = 3;

    private const int InlineThreshold = 100;

    /// <summary>
    /// Opens the job, takes a checkpoint without files and two with a file of each task, the second of which drops such files; opens it again; looks up the latest.
    /// </summary>
    /// <param name="fileSystem">Where the checkpoints go; owned by what runs.</param>
    /// <param name="directory">An empty directory.</param>
    /// <param name="takeCount">What was sent since it was asked last.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What each of the six steps sent.</returns>
    public static async Task<IReadOnlyList<string>> CountAsync(IFileSystem fileSystem, StoragePath directory, Func<string> takeCount, CancellationToken cancellationToken)
    {
        await using var fileSystems = StoreProvider.RegistryOf(fileSystem);
        var storage = new FileSystemCheckpointStorage(fileSystems, JobId.FromName("requests"), directory, inlineThreshold: InlineThreshold);
        var counts = new List<string>();
        await using (var job = await OpenAsync(storage, cancellationToken))
        {
            counts.Add(takeCount());
            foreach (var files in new[] { 0, Tasks, Tasks })
            {
                await CheckpointAsync(job, files, cancellationToken);
                counts.Add(takeCount());
            }
        }
        await using (await OpenAsync(storage, cancellationToken))
            counts.Add(takeCount());
        Expect.True(await RestoredCheckpoint.LoadLatestAsync(storage, cancellationToken) is not null, "the latest checkpoint is found");
        counts.Add(takeCount());
        return counts;
    }

    private static Task<CheckpointCoordinator> OpenAsync(FileSystemCheckpointStorage storage, CancellationToken cancellationToken) =>
        CheckpointCoordinator.OpenAsync(storage, new CheckpointCoordinatorOptions { Retained = 1 }, cancellationToken: cancellationToken);

    private static async Task CheckpointAsync(CheckpointCoordinator job, int files, CancellationToken cancellationToken)
    {
        await using var checkpoint = job.Begin();
        for (var task = 0; task < Tasks; task++)
        {
            var state = new byte[task < files ? 10 * InlineThreshold : InlineThreshold / 10];
            await checkpoint.WriteAsync($"task {task}", (stream, token) => stream.WriteAsync(state, token).AsTask(), cancellationToken);
        }
        await checkpoint.CompleteAsync(cancellationToken);
        await job.WaitForDiscardsAsync(cancellationToken);
    }
}
