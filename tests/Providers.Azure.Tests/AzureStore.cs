using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;

namespace Cairn.Providers.Azure.Tests;

/// <summary>A container on the Azure server that this process tests against, or a reason to skip.</summary>
internal sealed class AzureStore
{
    public const int Block = 1024 * 1024;

    private static readonly SemaphoreSlim Gate = new(1);
    private static AzureStore? _shared;

    private AzureStore(AzureEndpoint endpoint) => Endpoint = endpoint;

    public AzureEndpoint Endpoint { get; }

    public string Container { get; } = $"cairn-{Guid.NewGuid():n}";

    public StoragePath Root => RootOf(Container);

    /// <summary>A directory that no other test uses.</summary>
    public StoragePath NewDirectory() => Root / $"d-{Guid.NewGuid():n}";

    /// <summary>The one container of this process.</summary>
    public static async Task<AzureStore> OpenAsync()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await Gate.WaitAsync(cancellationToken);
        try
        {
            return _shared ??= await MakeAsync(cancellationToken);
        }
        catch (EmulatorUnavailableException unavailable) when (!EmulatorPolicy.Required)
        {
            Assert.Skip(unavailable.Message);
            throw;
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>A file system on this container, or on another one.</summary>
    public AzureBlobFileSystem Open(HttpWire? wire = null, string? container = null, string? accountKey = null, Uri? endpoint = null, int block = Block) =>
        new(RootOf(container ?? Container), new AzureBlobFileSystemOptions
        {
            AccountKey = accountKey ?? Endpoint.AccountKey,
            Endpoint = endpoint ?? Endpoint.BlobEndpoint,
            Blocks = new() { PartSize = block, MaxParts = 50_000 },
            Retry = new() { FirstDelay = TimeSpan.FromMilliseconds(5) },
            Configure = settings =>
            {
                if (wire is not null)
                    settings.Transport = new HttpClientTransport(new HttpClient(wire, disposeHandler: false));
            },
        });

    /// <summary>The SDK's own client, for what Cairn would not do.</summary>
    public BlobContainerClient RawClient() =>
        new BlobServiceClient(Endpoint.ConnectionString, new BlobClientOptions { TrimBlobNameSlashes = false }).GetBlobContainerClient(Container);

    private StoragePath RootOf(string container) => StoragePath.Parse($"abfss://{container}@{Endpoint.AccountName}.dfs.core.windows.net/");

    private static async Task<AzureStore> MakeAsync(CancellationToken cancellationToken)
    {
        var store = new AzureStore(await AzureEndpoint.GetSharedAsync(cancellationToken));
        await store.RawClient().CreateIfNotExistsAsync(cancellationToken: cancellationToken);
        return store;
    }
}
