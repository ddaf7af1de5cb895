using System.Diagnostics;
using System.Net.Http.Headers;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.Azure;

namespace Cairn.Bench.Azure;

/// <summary>
/// 1,000 files deleted, which are made anew before each run: one request each by the SDK, batches through <see cref="IFileSystem"/>, and the same batches,
/// signed and written before, by a bare HttpClient, which is as fast as any client can be. The server may be as far away as a cloud's.
/// </summary>
internal sealed class AzureDeletionBench : IAsyncDisposable
{
    public const int Files = 1000;

    private const int BatchCount = (Files + 255) / 256;

    private readonly DelayRelay _relay;
    private readonly BlobContainerClient _near;
    private readonly BlobContainerClient _far;
    private readonly AzureBlobFileSystem _fileSystem;
    private readonly Recorder _recorder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private readonly bool _isFar;
    private readonly StoragePath[] _paths;
    private readonly byte[] _content = new byte[1024];
    private long _recorded;

    private AzureDeletionBench(AzureEndpoint endpoint, TimeSpan oneWay)
    {
        var name = $"bench-{Guid.NewGuid():n}";
        _relay = new DelayRelay(endpoint.BlobEndpoint, oneWay);
        _isFar = oneWay > TimeSpan.Zero;
        var far = _isFar ? _relay.Address : endpoint.BlobEndpoint;
        var connection = endpoint.ConnectionString.Replace(endpoint.BlobEndpoint.AbsoluteUri.TrimEnd('/'), far.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal);
        _near = new BlobServiceClient(endpoint.ConnectionString, Settings()).GetBlobContainerClient(name);
        _far = new BlobServiceClient(connection, Settings()).GetBlobContainerClient(name);
        _fileSystem = new AzureBlobFileSystem(StoragePath.Parse($"az://{name}/"), new AzureBlobFileSystemOptions
        {
            ConnectionString = connection,
            Configure = options => options.Transport = new HttpClientTransport(new HttpClient(_recorder)),
        });
        _paths = [.. Enumerable.Range(0, Files).Select(i => _fileSystem.Root / $"many/{i}")];
    }

    /// <summary>On a fresh container, <paramref name="oneWay"/> away.</summary>
    public static async Task<AzureDeletionBench> StartAsync(AzureEndpoint endpoint, TimeSpan oneWay)
    {
        var bench = new AzureDeletionBench(endpoint, oneWay);
        await bench._near.CreateAsync();
        return bench;
    }

    /// <summary>Far away the last two would only make a run take longer.</summary>
    public Case Measured(string name) => new(name, 1, _isFar ? [.. Contenders.Take(2)] : Contenders);

    private Contender[] Contenders =>
    [
        new("DeleteAsync, one after the other", () => DeleteBareAsync(1)) { PrepareAsync = MakeAsync },
        new("IFileSystem", DeleteAsync) { PrepareAsync = MakeAsync },
        new("the same batches, signed before, by HttpClient", SendAsync) { PrepareAsync = RecordAsync },
        new("DeleteAsync, 16 at once", () => DeleteBareAsync(16)) { PrepareAsync = MakeAsync },
    ];

    /// <summary>How many milliseconds longer a request takes than to the server itself; timers make it more than twice the distance.</summary>
    public async Task<double> WayAsync() => await RoundTripAsync(_far) - await RoundTripAsync(_near);

    public async ValueTask DisposeAsync()
    {
        await _near.DeleteAsync();
        await _fileSystem.DisposeAsync();
        _http.Dispose();
        await _relay.DisposeAsync();
    }

    private static BlobClientOptions Settings() => new()
    {
        TrimBlobNameSlashes = false,
        Retry = { MaxRetries = 0 },
        Transport = new HttpClientTransport(new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })),
    };

    private static async Task<double> RoundTripAsync(BlobContainerClient container)
    {
        var times = new List<double>();
        for (var i = 0; i < 101; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await container.GetPropertiesAsync();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        return Estimate.Of(times).Median;
    }

    private Task MakeAsync() => Parallel.ForAsync(0, Files, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, ct) =>
        await _near.GetBlockBlobClient($"many/{i}").UploadAsync(new MemoryStream(_content), new BlobUploadOptions(), ct));

    private Task DeleteBareAsync(int parallelism) => Parallel.ForAsync(0, Files, new ParallelOptions { MaxDegreeOfParallelism = parallelism }, async (i, ct) =>
        await _far.GetBlockBlobClient($"many/{i}").DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: ct));

    private async Task DeleteAsync()
    {
        foreach (var result in await _fileSystem.DeleteAsync(_paths))
        {
            if (result.Error is not null)
                throw result.Error;
        }
    }

    /// <summary>Signatures are good for 15 minutes, so batches are recorded anew now and then.</summary>
    private async Task RecordAsync()
    {
        if (_recorder.Batches is null || Stopwatch.GetElapsedTime(_recorded) > TimeSpan.FromMinutes(10))
        {
            (_recorder.Batches, _recorded) = ([], Stopwatch.GetTimestamp());
            await MakeAsync();
            await DeleteAsync();
        }
        await MakeAsync();
    }

    private Task SendAsync() => Task.WhenAll(_recorder.Batches!.Select(async batch =>
    {
        using var request = batch();
        using var answer = await _http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        var parts = await answer.Content.ReadAsStringAsync();
        if (parts.Split("HTTP/1.1 202").Length - 1 != parts.Split("HTTP/1.1 ").Length - 1)
            throw new InvalidOperationException("A batch that was sent again was refused.");
    }));

    /// <summary>Remembers each batch, once it is asked to.</summary>
    private sealed class Recorder() : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        private readonly Lock _gate = new();

        /// <summary>Each makes a request that is to be sent once.</summary>
        public List<Func<HttpRequestMessage>>? Batches { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Batches is { Count: < BatchCount } batches)
            {
                var (address, body) = (request.RequestUri, await request.Content!.ReadAsByteArrayAsync(cancellationToken));
                var headers = request.Headers.Select(header => (header.Key, header.Value.ToArray())).ToArray();
                var type = request.Content.Headers.ContentType!.ToString();
                lock (_gate)
                    batches.Add(() => Copy(address, headers, body, type));
            }
            return await base.SendAsync(request, cancellationToken);
        }

        private static HttpRequestMessage Copy(Uri? address, (string Name, string[] Values)[] headers, byte[] body, string type)
        {
            var copy = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
            copy.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
            foreach (var (name, values) in headers)
                copy.Headers.TryAddWithoutValidation(name, values);
            return copy;
        }
    }
}
