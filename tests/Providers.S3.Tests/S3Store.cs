using System.Collections.Concurrent;
using Amazon.Runtime;
using Amazon.S3;
using Cairn.Emulators;
using Cairn.FileSystems;

namespace Cairn.Providers.S3.Tests;

/// <summary>A bucket on the S3 server that this process tests against, or a reason to skip.</summary>
internal sealed class S3Store
{
    private static readonly ConcurrentDictionary<S3ServerKind, Lazy<Task<S3Store>>> Shared = [];

    private S3Store(S3Endpoint endpoint) => Endpoint = endpoint;

    public S3Endpoint Endpoint { get; }

    public string Bucket { get; } = $"cairn-{Guid.NewGuid():n}";

    public StoragePath Root => StoragePath.Parse($"s3://{Bucket}/");

    /// <summary>A directory that no other test uses.</summary>
    public StoragePath NewDirectory() => Root / $"d-{Guid.NewGuid():n}";

    /// <summary>The shortest parts that the server takes, for what is tried so often that parts of 5 MiB would take minutes.</summary>
    public FileSystems.Drivers.PartedWriteOptions ShortParts => new() { PartSize = Endpoint.MinPartSize };

    /// <summary>The one bucket of this process on that server.</summary>
    public static Task<S3Store> OpenAsync(S3ServerKind kind)
    {
        // Nobody's own: a test that is cancelled must not take it away from the others.
        var store = Shared.GetOrAdd(kind, static kind => new(async () => await OnAsync(await S3Endpoint.GetSharedAsync(kind), CancellationToken.None)));
        return Emulator.OrSkipAsync(store.Value.WaitAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A file system on this bucket, or on another root.</summary>
    public S3FileSystem Open(
        HttpMessageHandler? wire = null, ServerSupport? completion = null, StoragePath? root = null, string? secretKey = null, FileSystems.Drivers.PartedWriteOptions? parts = null,
        Uri? serviceUrl = null, S3Checksums checksums = S3Checksums.Auto) =>
        new(root ?? Root, Options(wire, completion, secretKey, parts, serviceUrl, checksums));

    /// <summary>What <see cref="Open"/> opens one with.</summary>
    public S3FileSystemOptions Options(
        HttpMessageHandler? wire = null, ServerSupport? completion = null, string? secretKey = null, FileSystems.Drivers.PartedWriteOptions? parts = null,
        Uri? serviceUrl = null, S3Checksums checksums = S3Checksums.Auto, long? maxCopyLength = null) => new()
        {
            ServiceUrl = serviceUrl ?? Endpoint.ServiceUrl,
            Region = Endpoint.Region,
            AccessKey = Endpoint.AccessKey,
            SecretKey = secretKey ?? Endpoint.SecretKey,
            ConditionalCompletion = completion ?? (Endpoint.Traits.HonoursConditionalCompletion ? ServerSupport.Yes : ServerSupport.No),
            Checksums = checksums,
            Parts = parts ?? new() { PartSize = 5 * 1024 * 1024 },
            Retry = new() { FirstDelay = TimeSpan.FromMilliseconds(5) },
            MinPartSize = Endpoint.MinPartSize,
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
        Belongings.AddBucket(endpoint, store.Bucket, store.RawClient);
        return store;
    }

    /// <inheritdoc cref="Effort.ReportAsync"/>
    public Task ReportAsync(string file, string title, string text) =>
        Effort.ReportAsync(ReportName(file), title, Endpoint.Name(), text);

    /// <inheritdoc cref="Effort.ReportCaseAsync"/>
    public Task ReportCaseAsync(string file, string title, string text, string name, string seen) =>
        Effort.ReportCaseAsync(ReportName(file), title, Endpoint.Name(), text, name, seen);

    /// <summary>The name of a report about this server.</summary>
    public string ReportName(string file) => $"{file}-{(Endpoint.Traits.HonoursConditionalCompletion ? "strict" : "weak")}.md";

    public sealed class WireFactory(HttpMessageHandler wire) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(wire, disposeHandler: false);

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
