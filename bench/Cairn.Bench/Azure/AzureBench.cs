using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.Azure;

namespace Cairn.Bench.Azure;

/// <summary>Blobs through <see cref="IFileSystem"/> beside the best call of Azure.Storage.Blobs for the same thing, on one server and over as many connections.</summary>
internal sealed class AzureBench : IAsyncDisposable
{
    private const int Small = 1024;
    private const int Large = 64 * 1024 * 1024;

    private readonly BlobContainerClient _container;
    private readonly AzureBlobFileSystem _fileSystem;
    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly byte[] _large = new byte[1024 * 1024];
    private readonly byte[] _small = new byte[Small];
    private readonly StoragePath _smallPath;
    private readonly StoragePath _largePath;

    private AzureBench(AzureEndpoint endpoint)
    {
        var name = $"bench-{Guid.NewGuid():n}";
        _container = new BlobServiceClient(endpoint.ConnectionString, Settings()).GetBlobContainerClient(name);
        _fileSystem = new AzureBlobFileSystem(
            StoragePath.Parse($"az://{name}/"), new AzureBlobFileSystemOptions { ConnectionString = endpoint.ConnectionString, Configure = options => options.Transport = Settings().Transport });
        (_smallPath, _largePath) = (_fileSystem.Root / "small", _fileSystem.Root / "large");
        new Random(1).NextBytes(_large);
    }

    /// <summary>On a fresh container.</summary>
    public static async Task<AzureBench> StartAsync(AzureEndpoint endpoint)
    {
        var bench = new AzureBench(endpoint);
        await bench._container.CreateAsync();
        return bench;
    }

    /// <summary>1 KiB written and read.</summary>
    public IEnumerable<Case> SmallFiles()
    {
        yield return new("write 1 KiB", 100, [new("BlockBlobClient.UploadAsync", WriteBareAsync), new("IFileSystem, Overwrite", WriteAsync)]);
        yield return new("read 1 KiB", 100, [new("DownloadStreamingAsync", () => ReadBareAsync("small")), new("IFileSystem", () => ReadAsync(_smallPath))]);
    }

    /// <summary>64 MiB read.</summary>
    public async Task<Case> LargeReadAsync()
    {
        await using (var writer = await _fileSystem.OpenWriteAsync(_largePath))
        {
            for (var left = Large; left > 0; left -= _large.Length)
                await writer.Stream.WriteAsync(_large);
            await writer.CommitAsync();
        }
        return new("read 64 MiB", 1, [new("DownloadStreamingAsync", () => ReadBareAsync("large")), new("IFileSystem", () => ReadAsync(_largePath))]);
    }

    public async ValueTask DisposeAsync()
    {
        await _container.DeleteAsync();
        await _fileSystem.DisposeAsync();
    }

    /// <summary>As many connections as it takes for both; none of the SDK's retries.</summary>
    private static BlobClientOptions Settings() => new()
    {
        TrimBlobNameSlashes = false,
        Retry = { MaxRetries = 0 },
        Transport = new HttpClientTransport(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })),
    };

    private async Task WriteBareAsync() => await _container.GetBlockBlobClient("small").UploadAsync(new MemoryStream(_small), new BlobUploadOptions());

    private async Task WriteAsync()
    {
        await using var writer = await _fileSystem.OpenWriteAsync(_smallPath, new WriteOptions { Mode = WriteMode.Overwrite });
        await writer.Stream.WriteAsync(_small);
        await writer.CommitAsync();
    }

    private async Task ReadBareAsync(string name)
    {
        using BlobDownloadStreamingResult blob = await _container.GetBlockBlobClient(name).DownloadStreamingAsync(new BlobDownloadOptions());
        while (await blob.Content.ReadAsync(_buffer) > 0)
        {
        }
    }

    private async Task ReadAsync(StoragePath path)
    {
        await using var stream = await _fileSystem.OpenReadAsync(path);
        while (await stream.ReadAsync(_buffer) > 0)
        {
        }
    }
}
