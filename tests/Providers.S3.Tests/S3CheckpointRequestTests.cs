using Cairn.Checkpoints;
using Cairn.Conformance.Checkpoints;
using Cairn.Emulators;
using Cairn.Providers.Tests.Http;

namespace Cairn.Providers.S3.Tests;

/// <summary>How many requests a checkpoint is, counted on the wire.</summary>
public abstract class S3CheckpointRequestTests(S3ServerKind server)
{
    private const int Tasks = 3;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_protocol_takes_the_requests_of_its_table()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystems = StoreProvider.RegistryOf(store.Open(wire));
        var storage = new FileSystemCheckpointStorage(fileSystems, JobId.FromName("requests"), store.NewDirectory(), inlineThreshold: 100);
        await using (var job = await OpenAsync(storage))
        {
            Assert.Equal("2 LIST, 1 PUT", Count(wire));
            await CheckpointAsync(job, files: 0);
            Assert.Equal("1 HEAD, 1 PUT", Count(wire));
            // The files and _metadata; the look at the next epoch; the older one had nothing but its _metadata.
            await CheckpointAsync(job, files: Tasks);
            Assert.Equal($"1 DELETE, 1 HEAD, {Tasks + 1} PUT", Count(wire));
            await CheckpointAsync(job, files: Tasks);
            Assert.Equal($"2 DELETE, 1 HEAD, {Tasks + 1} PUT", Count(wire));
        }
        await using (await OpenAsync(storage))
            Assert.Equal("1 GET, 2 LIST, 1 PUT", Count(wire));
        Assert.NotNull(await RestoredCheckpoint.LoadLatestAsync(storage, Token));
        Assert.Equal("1 GET, 1 LIST", Count(wire));
    }

    private static Task<CheckpointCoordinator> OpenAsync(FileSystemCheckpointStorage storage) =>
        CheckpointCoordinator.OpenAsync(storage, new CheckpointCoordinatorOptions { Retained = 1 }, cancellationToken: Token);

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
    private static string Count(HttpWire wire)
    {
        var kinds = wire.Requests.Select(request => request switch
        {
            "POST delete" => "DELETE",
            _ when request.Contains("list-type", StringComparison.Ordinal) => "LIST",
            _ => request,
        }).CountBy(kind => kind).OrderBy(kind => kind.Key, StringComparer.Ordinal);
        var text = string.Join(", ", kinds.Select(kind => $"{kind.Value} {kind.Key}"));
        wire.Clear();
        return text;
    }

    public sealed class OnWeak() : S3CheckpointRequestTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3CheckpointRequestTests(S3ServerKind.Strict);
}
