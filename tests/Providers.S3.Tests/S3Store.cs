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
    private static readonly Dictionary<S3ServerKind, S3Store> Shared = [];

    private S3Store(S3Endpoint endpoint) => Endpoint = endpoint;

    public S3Endpoint Endpoint { get; }

    public string Bucket { get; } = $"cairn-{Guid.NewGuid():n}";

    public StoragePath Root => StoragePath.Parse($"s3://{Bucket}/");

    /// <summary>A directory that no other test uses.</summary>
    public StoragePath NewDirectory() => Root / $"d-{Guid.NewGuid():n}";

    /// <summary>The one bucket of this process on that server.</summary>
    public static async Task<S3Store> OpenAsync(S3ServerKind kind)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await Gate.WaitAsync(cancellationToken);
        try
        {
            if (!Shared.TryGetValue(kind, out var store))
                Shared[kind] = store = await MakeAsync(kind, cancellationToken);
            return store;
        }
        catch (EmulatorUnavailableException unavailable) when (EmulatorPolicy.MaySkip(unavailable))
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
        Uri? serviceUrl = null, S3Checksums checksums = S3Checksums.Auto) =>
        new(root ?? Root, Options(wire, completion, secretKey, parts, serviceUrl, checksums));

    /// <summary>What <see cref="Open"/> opens one with.</summary>
    public S3FileSystemOptions Options(
        HttpWire? wire = null, ServerSupport? completion = null, string? secretKey = null, FileSystems.Drivers.PartedWriteOptions? parts = null,
        Uri? serviceUrl = null, S3Checksums checksums = S3Checksums.Auto, long? maxCopyLength = null) => new()
        {
            ServiceUrl = serviceUrl ?? Endpoint.ServiceUrl,
            Region = Endpoint.Region,
            AccessKey = Endpoint.AccessKey,
            SecretKey = secretKey ?? Endpoint.SecretKey,
            ConditionalCompletion = completion ?? (Endpoint.Traits.HonoursConditionalCompletion ? ServerSupport.Yes : ServerSupport.No),
            Checksums = checksums,
            Parts = parts ?? new() { PartSize = 5 * 1024 * 1024 },
            Retry = new() { FirstDelay = TimeSpan.FromMilliseconds(5), AttemptTimeout = TimeSpan.FromSeconds(5) },
            MaxCopyLength = maxCopyLength ?? 5L << 30,
            CopyPartSize = 5 * 1024 * 1024,
            Configure = config => config.HttpClientFactory = wire is null ? null : new WireFactory(wire),
        };

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

    /// <summary>A new bucket on a server.</summary>
    public static async Task<S3Store> OnAsync(S3Endpoint endpoint, CancellationToken cancellationToken)
    {
        var store = new S3Store(endpoint);
        using var client = store.RawClient();
        await client.PutBucketAsync(store.Bucket, cancellationToken);
        return store;
    }

    private static async Task<S3Store> MakeAsync(S3ServerKind kind, CancellationToken cancellationToken) =>
        await OnAsync(await S3Endpoint.GetSharedAsync(kind, cancellationToken), cancellationToken);

    public sealed class WireFactory(HttpWire wire) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(wire, disposeHandler: false);

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
