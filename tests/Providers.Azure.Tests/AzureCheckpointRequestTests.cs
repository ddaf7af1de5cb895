using Cairn.Checkpoints;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;

namespace Cairn.Providers.Azure.Tests;

/// <summary>How many requests a checkpoint is, counted on the wire.</summary>
public sealed class AzureCheckpointRequestTests
{
    private const int Tasks = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_protocol_takes_the_requests_of_its_table()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        var directory = store.NewDirectory();
        await using var registry = new FileSystemRegistry([new OnePlace(store.Open(wire))]);
        await using (var job = await OpenAsync(registry, directory))
        {
            Assert.Equal("2 LIST, 1 PUT", Count(wire));
            await CheckpointAsync(job, files: 0);
            Assert.Equal("1 HEAD, 1 PUT", Count(wire));
            await CheckpointAsync(job, files: Tasks);
            // The files and _metadata; the look at the next epoch; the older one had no files but its _metadata.
            Assert.Equal($"1 DELETE, 1 HEAD, {Tasks + 1} PUT", Count(wire, leaveOut: "POST"));
            await CheckpointAsync(job, files: Tasks);
            Assert.Equal($"1 BATCH, 1 DELETE, 1 HEAD, {Tasks + 1} PUT", Count(wire));
        }
        await using var another = await OpenAsync(registry, directory);
        Assert.Equal("1 GET, 2 LIST, 1 PUT", Count(wire));
    }

    private static Task<CheckpointCoordinator> OpenAsync(FileSystemRegistry registry, StoragePath directory) => CheckpointCoordinator.OpenAsync(
        new FileSystemCheckpointStorage(registry, JobId.FromName("requests"), directory, inlineThreshold: 100), new CheckpointCoordinatorOptions { Retained = 1 }, cancellationToken: Token);

    private static async Task CheckpointAsync(CheckpointCoordinator job, int files)
    {
        await using var checkpoint = job.Begin();
        for (var task = 0; task < Tasks; task++)
        {
            var state = new byte[task < files ? 1000 : 10];
            await checkpoint.WriteAsync($"task {task}", (stream, token) => stream.WriteAsync(state, token).AsTask(), Token);
        }
        await checkpoint.CompleteAsync(Token);
        await job.WaitForDiscardsAsync(Token);
    }

    /// <summary>What was sent since the last call.</summary>
    private static string Count(HttpWire wire, string? leaveOut = null)
    {
        var kinds = wire.Requests.Select(request => request switch
        {
            _ when request.StartsWith("GET comp", StringComparison.Ordinal) => "LIST",
            _ when request.StartsWith("POST", StringComparison.Ordinal) => "BATCH",
            _ => request.Split(' ')[0],
        }).GroupBy(kind => kind).Where(kind => kind.Key != leaveOut).OrderBy(kind => kind.Key, StringComparer.Ordinal).Select(kind => $"{kind.Count()} {kind.Key}");
        var text = string.Join(", ", kinds);
        wire.Clear();
        return text;
    }

    private sealed class OnePlace(AzureBlobFileSystem fileSystem) : IFileSystemProvider
    {
        public IReadOnlyCollection<string> Schemes { get; } = [fileSystem.Root.Scheme!];

        public IFileSystem Create(StoragePath root) => fileSystem;
    }
}
