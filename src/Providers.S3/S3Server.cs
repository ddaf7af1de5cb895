using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Cairn.FileSystems;

namespace Cairn.Providers.S3;

/// <summary>
/// The server behind some options: where it is, what it can do, and a client for it as Cairn needs one: no retries behind our back, no
/// checksums that servers refuse or that cost five times the call.
/// </summary>
internal sealed class S3Server
{
    private readonly S3FileSystemOptions _options;
    private readonly Uri? _serviceUrl;
    private volatile ServerSupport _keepsChecksums;

    public S3Server(S3FileSystemOptions options)
    {
        _options = options;
        // The configuration finds an endpoint in the environment or the profile by itself; one that went unseen would pass for AWS.
        _serviceUrl = options.ServiceUrl ?? (Uri.TryCreate(new AmazonS3Config().ServiceURL, UriKind.Absolute, out var found) ? found : null);
        var isAws = _serviceUrl is null || IsAws(_serviceUrl.Host);
        PathStyle = options.PathStyle ?? !isAws;
        CompletesConditionally = Has(options.ConditionalCompletion, isAws && options.Client is null);
        CopiesConditionally = Has(options.ConditionalCopy, isAws && options.Client is null);
        if (isAws && options.Client is null)
            LearnChecksums(areKept: true);
    }

    public bool PathStyle { get; }

    /// <summary><see cref="S3FileSystemOptions.ConditionalCompletion"/>.</summary>
    public bool CompletesConditionally { get; }

    /// <summary><see cref="S3FileSystemOptions.ConditionalCopy"/>.</summary>
    public bool CopiesConditionally { get; }

    /// <summary>Whether the server verifies and keeps checksums; <see cref="ServerSupport.Auto"/> until an answer showed it.</summary>
    public ServerSupport KeepsChecksums => _keepsChecksums;

    /// <summary>An upload that carried a checksum was answered with it, or was not.</summary>
    public void LearnChecksums(bool areKept) => _keepsChecksums = areKept ? ServerSupport.Yes : ServerSupport.No;

    public IAmazonS3 CreateClient()
    {
        var config = new AmazonS3Config
        {
            MaxErrorRetry = 0,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            ForcePathStyle = PathStyle,
            ConnectTimeout = _options.ConnectTimeout,
            // Each attempt has a time of its own, by how much it carries.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (_options.MaxConnections is { } connections)
            config.MaxConnectionsPerServer = connections;
        if (_serviceUrl is not null)
        {
            config.ServiceURL = _serviceUrl.ToString();
            config.AuthenticationRegion = _options.Region ?? "us-east-1";
        }
        else if (_options.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        _options.Configure?.Invoke(config);
        try
        {
            return S3Credentials.Of(_options) is { } credentials ? new S3Client(credentials, config) : new S3Client(config);
        }
        catch (AmazonClientException e)
        {
            throw new FileSystemException(FileSystemErrorCode.NotSupported, $"The S3 client cannot be made; is Region (Cairn:FileSystems:s3:Region, AWS_REGION) set? {e.Message}", null, e);
        }
    }

    private static bool Has(ServerSupport support, bool unlessSaid) => support == ServerSupport.Auto ? unlessSaid : support == ServerSupport.Yes;

    private static bool IsAws(string host) => host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".amazonaws.com.cn", StringComparison.OrdinalIgnoreCase);
}
