using Cairn.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Conformance.Checkpoints;

/// <summary>A job whose network dies with its commit: the store has the checkpoint, the job never hears of it and gives it up.</summary>
public static class UnknownOutcomeConformance
{
    /// <summary>Runs it; the next start restores the checkpoint that was in fact committed.</summary>
    /// <param name="open">Opens the store directly.</param>
    /// <param name="openThroughProxy">Opens the store through something that can swallow answers.</param>
    /// <param name="swallow">From the next request on nothing is answered; that one still takes effect.</param>
    /// <param name="directory">A new directory.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="ConformanceException">Something else was restored, or the job was told something else.</exception>
    public static async Task RunAsync(
        Func<IFileSystem> open, Func<IFileSystem> openThroughProxy, Action swallow, StoragePath directory, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentNullException.ThrowIfNull(openThroughProxy);
        ArgumentNullException.ThrowIfNull(swallow);
        var job = new IncrementalJob(directory);
        await using (var cutOff = StoreProvider.RegistryOf(openThroughProxy()))
        {
            await using var coordinator = await job.OpenAsync(cutOff, cancellationToken);
            await job.CheckpointAsync(coordinator, cancellationToken);
            await LoseSecondAsync(coordinator, swallow, cancellationToken);
        }
        await using var fileSystems = StoreProvider.RegistryOf(open());
        await using var next = await CheckpointCoordinator.OpenAsync(job.StorageOn(fileSystems), cancellationToken: cancellationToken);
        Expect.Equal(2, next.Restored?.Id ?? 0, "the checkpoint that the next start restores");
        await next.Restored!.ReadAsync("counter", async (stream, token) =>
        {
            await new Payload(2, 1000).CheckAsync(stream, token);
            return true;
        }, cancellationToken);
    }

    private static async Task LoseSecondAsync(CheckpointCoordinator coordinator, Action swallow, CancellationToken cancellationToken)
    {
        await using var second = coordinator.Begin();
        await second.WriteAsync("counter", new Payload(2, 1000).WriteToAsync, cancellationToken);
        swallow();
        var error = await Expect.ThrowsAsync<FileSystemException>(() => second.CompleteAsync(cancellationToken));
        Expect.Equal(FileSystemErrorCode.OutcomeUnknown, error.Code);
    }
}
