using Cairn.Conformance.Checkpoints;
using Cairn.Providers.Tests.Http;
using static Cairn.Conformance.Checkpoints.CheckpointRequests;

namespace Cairn.Providers.Azure.Tests;

/// <summary>How many requests a checkpoint is, counted on the wire.</summary>
public sealed class AzureCheckpointRequestTests
{
    [Fact]
    public async Task The_protocol_takes_the_requests_of_its_table()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        var counts = await CheckpointRequests.CountAsync(store.Open(wire), store.NewDirectory(), () => TakeCount(wire), TestContext.Current.CancellationToken);
        Assert.Equal(
        [
            "2 LIST, 1 PUT",
            "1 HEAD, 1 PUT",
            // The files and _metadata; the look at the next epoch; the older one had nothing but its _metadata.
            $"1 DELETE, 1 HEAD, {Tasks + 1} PUT",
            $"1 BATCH, 1 DELETE, 1 HEAD, {Tasks + 1} PUT",
            "1 GET, 2 LIST, 1 PUT",
            "1 GET, 1 LIST",
        ], counts);
    }

    /// <summary>What was sent since the last call.</summary>
    private static string TakeCount(HttpWire wire)
    {
        var kinds = wire.Requests.CountBy(request => request switch
        {
            _ when request.StartsWith("GET comp", StringComparison.Ordinal) => "LIST",
            _ when request.StartsWith("POST", StringComparison.Ordinal) => "BATCH",
            _ => request.Split(' ')[0],
        }).OrderBy(kind => kind.Key, StringComparer.Ordinal);
        var text = string.Join(", ", kinds.Select(kind => $"{kind.Value} {kind.Key}"));
        wire.Clear();
        return text;
    }
}
