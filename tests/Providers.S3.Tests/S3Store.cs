using Amazon.Runtime;
using Amazon.S3;
using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;

namespace Cairn.Providers.S3.Tests;

/// <summary>A bucket on the S3 server that this process tests against, or a reason to skip.</summary>
internal sealed class S3Store
{
    private static readonly SemaphoreSlim Gate = new(1);
    private static S3Store? _shared;

    private S3Store(S3Endpoint endpoint) => Endpoint = endpoint;

    public S3Endpoint Endpoint { get; }

    public string Bucket { get; } = $"cairn-{Guid.NewGuid():n}";

    public StoragePath Root => StoragePath.Parse($"s3://{Bucket}/");

    /// <summary>A directory that no other test uses.</summary>
    public StoragePath NewDirectory() => Root / $"d-{Guid.NewGuid():n}";

    /// <summary>The one bucket of this process.</summary>
    public static async Task<S3Store> OpenAsync()
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

    /// <summary>A file system on this bucket, or on another root.</summary>
    public S3FileSystem Open(
        HttpWire? wire = null, ServerSupport? completion = null, StoragePath? root = null, string? secretKey = null, FileSystems.Drivers.PartedWriteOptions? parts = null,
        Uri? serviceUrl = null) =>
        new(root ?? Root, new S3FileSystemOptions
        {
            ServiceUrl = serviceUrl ?? Endpoint.ServiceUrl,
            Region = Endpoint.Region,
            AccessKey = Endpoint.AccessKey,
            SecretKey = secretKey ?? Endpoint.SecretKey,
            ConditionalCompletion = completion ?? (Endpoint.Traits.HonoursConditionalCompletion ? ServerSupport.Yes : ServerSupport.No),
            Parts = parts ?? new() { PartSize = 5 * 1024 * 1024 },
            Retry = new() { FirstDelay = TimeSpan.FromMilliseconds(5) },
            Configure = config => config.HttpClientFactory = wire is null ? null : new WireFactory(wire),
        });

    /// <summary>The SDK's own client, for what Cairn would not do.</summary>
    public AmazonS3Client RawClient() => new(
        new BasicAWSCredentials(Endpoint.AccessKey, Endpoint.SecretKey),
        new AmazonS3Config
        {
            ServiceURL = Endpoint.ServiceUrl.ToString(),
            AuthenticationRegion = Endpoint.Region,
            ForcePathStyle = true,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });

    private static async Task<S3Store> MakeAsync(CancellationToken cancellationToken)
    {
        var store = new S3Store(await S3Endpoint.GetSharedAsync(cancellationToken));
        using var client = store.RawClient();
        await client.PutBucketAsync(store.Bucket, cancellationToken);
        return store;
    }

    private sealed class WireFactory(HttpWire wire) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(wire, disposeHandler: false);

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
