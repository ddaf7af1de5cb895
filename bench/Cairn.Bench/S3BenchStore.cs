using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.S3;

namespace Cairn.Bench;

/// <summary>A bucket on a real server, and the clients that are measured on it: Cairn, the SDK with its defaults, the SDK as tuned as it goes, and bare HTTP.</summary>
internal sealed class S3BenchStore : IAsyncDisposable
{
    private readonly S3Endpoint _endpoint;

    private S3BenchStore(S3Endpoint endpoint, string bucket)
    {
        _endpoint = endpoint;
        Bucket = bucket;
        Defaults = Client(endpoint, tuned: false);
        Tuned = Client(endpoint, tuned: true);
        Root = StoragePath.Parse($"s3://{bucket}/");
        Cairn = new S3FileSystem(Root, new S3FileSystemOptions
        {
            ServiceUrl = endpoint.ServiceUrl,
            Region = endpoint.Region,
            AccessKey = endpoint.AccessKey,
            SecretKey = endpoint.SecretKey,
            ConditionalCompletion = endpoint.Traits.HonoursConditionalCompletion ? ServerSupport.Yes : ServerSupport.No,
        });
    }

    public string Bucket { get; }

    public string Description => _endpoint.Description.Split(" at ", 2)[0];

    public StoragePath Root { get; }

    public S3FileSystem Cairn { get; }

    /// <summary>As <c>new AmazonS3Client()</c> is.</summary>
    public AmazonS3Client Defaults { get; }

    /// <summary>Without checksums that cost more than the call.</summary>
    public AmazonS3Client Tuned { get; }

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false });

    /// <summary>The strict server: the SDK's defaults work there.</summary>
    public static async Task<S3BenchStore> StartAsync()
    {
        var store = new S3BenchStore(await S3Endpoint.StartAsync(S3ServerKind.Strict), $"bench-{Guid.NewGuid():n}");
        await store.Tuned.PutBucketAsync(store.Bucket);
        return store;
    }

    /// <summary>What a child process needs to find the same bucket: see <see cref="S3Transfer"/>.</summary>
    public IReadOnlyDictionary<string, string> ForChild() => new Dictionary<string, string>
    {
        ["BENCH_URL"] = _endpoint.ServiceUrl.ToString(),
        ["BENCH_BUCKET"] = Bucket,
        ["AWS_ACCESS_KEY_ID"] = _endpoint.AccessKey,
        ["AWS_SECRET_ACCESS_KEY"] = _endpoint.SecretKey,
        ["AWS_REGION"] = _endpoint.Region,
    };

    /// <summary>An address that needs no signature any more.</summary>
    public string Presign(string key, HttpVerb verb) =>
        Tuned.GetPreSignedURL(new GetPreSignedUrlRequest { BucketName = Bucket, Key = key, Verb = verb, Protocol = Protocol.HTTP, Expires = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(6) });

    public async ValueTask DisposeAsync()
    {
        await Cairn.DisposeAsync();
        Defaults.Dispose();
        Tuned.Dispose();
        Http.Dispose();
        await _endpoint.DisposeAsync();
    }

    private static AmazonS3Client Client(S3Endpoint endpoint, bool tuned)
    {
        var config = new AmazonS3Config { ServiceURL = endpoint.ServiceUrl.ToString(), AuthenticationRegion = endpoint.Region, ForcePathStyle = true };
        if (tuned)
            (config.RequestChecksumCalculation, config.ResponseChecksumValidation) = (RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation.WHEN_REQUIRED);
        return new AmazonS3Client(new BasicAWSCredentials(endpoint.AccessKey, endpoint.SecretKey), config);
    }
}
