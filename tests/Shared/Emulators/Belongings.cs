using System.Collections.Concurrent;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Util;
using Azure.Storage.Blobs;
using Cairn.Emulators;

[assembly: AssemblyFixture(typeof(Cairn.Tests.Belongings))]

namespace Cairn.Tests;

/// <summary>What this program made on servers that go on without it; removed when its tests have ended.</summary>
internal sealed class Belongings : IAsyncDisposable
{
    private static readonly ConcurrentBag<Func<Task>> Removals = [];

    /// <summary>Has <paramref name="bucket"/> removed in the end, with all that is in it, unless the server ends with this program.</summary>
    public static void AddBucket(S3Endpoint server, string bucket, Func<AmazonS3Client> connect)
    {
        if (server.IsExternal)
            Removals.Add(() => RemoveBucketAsync(bucket, connect));
    }

    /// <summary>Has <paramref name="container"/> removed in the end, with all that is in it, unless the server ends with this program.</summary>
    public static void AddContainer(AzureEndpoint server, string container)
    {
        if (server.IsExternal)
            Removals.Add(() => new BlobServiceClient(server.ConnectionString).DeleteBlobContainerAsync(container));
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(Removals.Select(remove => remove()));

    private static async Task RemoveBucketAsync(string bucket, Func<AmazonS3Client> connect)
    {
        using var client = connect();
        // Uploads that a test left unfinished are no objects, and cost as much.
        await foreach (var upload in client.Paginators.ListMultipartUploads(new ListMultipartUploadsRequest { BucketName = bucket }).Uploads)
            await client.AbortMultipartUploadAsync(bucket, upload.Key, upload.UploadId);
        await AmazonS3Util.DeleteS3BucketWithObjectsAsync(client, bucket);
    }
}
