using Azure;
using Azure.Storage.Blobs;

namespace Cairn.Emulators.Tests;

public sealed class AzureEndpointTests
{
    [Fact]
    public async Task A_blob_that_was_uploaded_can_be_read()
    {
        var endpoint = await Emulator.OrSkipAsync(AzureEndpoint.GetSharedAsync(TestContext.Current.CancellationToken));
        var blob = await UploadAsync(endpoint, "content");
        Assert.Equal("content", await DownloadAsync(blob));
    }

    [Fact]
    public async Task A_killed_server_answers_again_when_it_is_restarted()
    {
        await using var endpoint = await Emulator.AzureAsync();
        Assert.SkipUnless(endpoint.CanBeControlled, $"{endpoint.Description} cannot be killed");
        var blob = await UploadAsync(endpoint, "content");

        await endpoint.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => DownloadAsync(blob));
        await endpoint.RestartAsync(TestContext.Current.CancellationToken);

        if (endpoint.KeepsDataWhenKilled) Assert.Equal("content", await DownloadAsync(blob));
        Assert.Equal("more", await DownloadAsync(await UploadAsync(endpoint, "more")));
    }

    [Fact]
    public async Task The_key_of_one_server_opens_no_other()
    {
        var endpoints = await Task.WhenAll(Emulator.AzureAsync(), Emulator.AzureAsync());
        await using var one = endpoints[0];
        await using var other = endpoints[1];
        Assert.SkipUnless(one.CanBeControlled, $"{one.Description} is the only one");
        var strange = one.ConnectionString.Replace($"{one.BlobEndpoint}", $"{other.BlobEndpoint}", StringComparison.Ordinal);
        var container = new BlobContainerClient(strange, $"container-{Guid.NewGuid():N}", WithoutRetries());
        var refusal = await Assert.ThrowsAsync<RequestFailedException>(() => container.CreateAsync(cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(403, refusal.Status);
    }

    private static async Task<BlobClient> UploadAsync(AzureEndpoint endpoint, string content)
    {
        var container = new BlobContainerClient(endpoint.ConnectionString, $"container-{Guid.NewGuid():N}", WithoutRetries());
        await container.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        Belongings.AddContainer(endpoint, container.Name);
        var blob = container.GetBlobClient("name");
        await blob.UploadAsync(BinaryData.FromString(content), TestContext.Current.CancellationToken);
        return blob;
    }

    private static async Task<string> DownloadAsync(BlobClient blob)
    {
        var answer = await blob.DownloadContentAsync(TestContext.Current.CancellationToken);
        return answer.Value.Content.ToString();
    }

    private static BlobClientOptions WithoutRetries() => new() { Retry = { MaxRetries = 0 } };
}
