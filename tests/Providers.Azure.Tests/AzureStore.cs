using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;

namespace Cairn.Providers.Azure.Tests;

/// <summary>A container on the Azure server that this process tests against, or a reason to skip.</summary>
internal sealed class AzureStore : IAsyncDisposable
{
    public const int Block = 1024 * 1024;

    private static readonly Lazy<Task<AzureStore>> Shared = new(async () => await OnAsync(await AzureEndpoint.GetSharedAsync()));

    private AzureStore(AzureEndpoint endpoint) => Endpoint = endpoint;

    public AzureEndpoint Endpoint { get; }

    public string Container { get; } = $"cairn-{Guid.NewGuid():n}";

    public StoragePath Root => RootOf(Container);

    /// <summary>A directory that no other test uses.</summary>
    public StoragePath NewDirectory() => Root / $"d-{Guid.NewGuid():n}";

    /// <summary>The one container of this process.</summary>
    public static Task<AzureStore> OpenAsync() => Emulator.OrSkipAsync(Shared.Value.WaitAsync(TestContext.Current.CancellationToken));

    /// <summary>
    /// For tests that are long in a full run, and have a server of their own there: ten minutes after its start Azurite removes the bytes of what was
    /// overwritten and deleted, and where there is much of that it answers nobody for minutes.
    /// </summary>
    public static async Task<AzureStore> OpenForLongAsync() => Effort.IsFull ? await OnAsync(await Emulator.AzureAsync()) : await OpenAsync();

    /// <summary>Ends a server of its own; the shared one stays.</summary>
    public ValueTask DisposeAsync() => Endpoint.DisposeAsync();

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

    /// <summary>Makes another container beside this one; its name.</summary>
    public async Task<string> AnotherContainerAsync()
    {
        var name = $"cairn-{Guid.NewGuid():n}";
        await new BlobServiceClient(Endpoint.ConnectionString).GetBlobContainerClient(name).CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        Belongings.AddContainer(Endpoint, name);
        return name;
    }

    /// <summary>The SDK's own client, for what Cairn would not do.</summary>
    public BlobContainerClient RawClient() =>
        new BlobServiceClient(Endpoint.ConnectionString, new BlobClientOptions { TrimBlobNameSlashes = false }).GetBlobContainerClient(Container);

    /// <inheritdoc cref="Effort.ReportAsync"/>
    public Task ReportAsync(string file, string title, string text) => Effort.ReportAsync($"{file}.md", title, Endpoint.Name(), text);

    /// <inheritdoc cref="Effort.ReportCaseAsync"/>
    public Task ReportCaseAsync(string file, string title, string text, string name, string seen) => Effort.ReportCaseAsync($"{file}.md", title, Endpoint.Name(), text, name, seen);

    private StoragePath RootOf(string container) => StoragePath.Parse($"abfss://{container}@{Endpoint.AccountName}.dfs.core.windows.net/");

    private static async Task<AzureStore> OnAsync(AzureEndpoint endpoint)
    {
        var store = new AzureStore(endpoint);
        await store.RawClient().CreateAsync();
        Belongings.AddContainer(endpoint, store.Container);
        return store;
    }
}
