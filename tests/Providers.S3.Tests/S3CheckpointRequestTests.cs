using Cairn.Conformance.Checkpoints;
using Cairn.Emulators;
using Cairn.Providers.Tests.Http;
using static Cairn.Conformance.Checkpoints.CheckpointRequests;

namespace Cairn.Providers.S3.Tests;

/// <summary>How many requests a checkpoint is, counted on the wire.</summary>
public abstract class S3CheckpointRequestTests(S3ServerKind server)
{
    [Fact]
    public async Task The_protocol_takes_the_requests_of_its_table()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        var counts = await CheckpointRequests.CountAsync(store.Open(wire), store.NewDirectory(), () => TakeCount(wire), TestContext.Current.CancellationToken);
        Assert.Equal(
        [
            "2 LIST, 1 PUT",
            "1 HEAD, 1 PUT",
            // The files and _metadata; the look at the next epoch; the older one had nothing but its _metadata.
            $"1 DELETE, 1 HEAD, {Tasks + 1} PUT",
            $"2 DELETE, 1 HEAD, {Tasks + 1} PUT",
            "1 GET, 2 LIST, 1 PUT",
            "1 GET, 1 LIST",
        ], counts);
    }

    /// <summary>What was sent since the last call.</summary>
    private static string TakeCount(HttpWire wire)
    {
        var kinds = wire.Requests.CountBy(request => request switch
        {
            "POST delete" => "DELETE",
            _ when request.Contains("list-type", StringComparison.Ordinal) => "LIST",
            _ => request,
        }).OrderBy(kind => kind.Key, StringComparer.Ordinal);
        var text = string.Join(", ", kinds.Select(kind => $"{kind.Value} {kind.Key}"));
        wire.Clear();
        return text;
    }

    public sealed class OnWeak() : S3CheckpointRequestTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3CheckpointRequestTests(S3ServerKind.Strict);
}
