using Azure.Storage.Blobs;

namespace Cairn.Emulators.Tests;

public sealed class AzureEndpointTests
{
    [Fact]
    public async Task A_blob_that_was_uploaded_can_be_read()
    {
        await using var endpoint = await Emulator.AzureAsync();
        var container = new BlobContainerClient(endpoint.ConnectionString, $"container-{Guid.NewGuid():N}");
        await container.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        var blob = container.GetBlobClient("name");
        await blob.UploadAsync(BinaryData.FromString("content"), TestContext.Current.CancellationToken);
        var answer = await blob.DownloadContentAsync(TestContext.Current.CancellationToken);
        Assert.Equal("content", answer.Value.Content.ToString());
    }
}
