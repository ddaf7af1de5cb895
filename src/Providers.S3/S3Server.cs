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

    public S3Server(S3FileSystemOptions options)
    {
        _options = options;
        // The configuration finds an endpoint in the environment or the profile by itself; one that went unseen would pass for AWS.
        _serviceUrl = options.ServiceUrl ?? (Uri.TryCreate(new AmazonS3Config().ServiceURL, UriKind.Absolute, out var found) ? found : null);
        var isAws = _serviceUrl is null || IsAws(_serviceUrl.Host);
        PathStyle = options.PathStyle ?? !isAws;
        CompletesConditionally = Has(options.ConditionalCompletion, isAws && options.Client is null);
        CopiesConditionally = Has(options.ConditionalCopy, isAws && options.Client is null);
    }

    public bool PathStyle { get; }

    /// <summary><see cref="S3FileSystemOptions.ConditionalCompletion"/>.</summary>
    public bool CompletesConditionally { get; }

    /// <summary><see cref="S3FileSystemOptions.ConditionalCopy"/>.</summary>
    public bool CopiesConditionally { get; }

    public IAmazonS3 CreateClient()
    {
        var config = new AmazonS3Config
        {
            MaxErrorRetry = 0,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            ForcePathStyle = PathStyle,
        };
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
            return Credentials() is { } credentials ? new AmazonS3Client(credentials, config) : new AmazonS3Client(config);
        }
        catch (AmazonClientException e)
        {
            throw new FileSystemException(FileSystemErrorCode.NotSupported, $"The S3 client cannot be made; is Region (Cairn:FileSystems:s3:Region, AWS_REGION) set? {e.Message}", null, e);
        }
    }

    private AWSCredentials? Credentials()
    {
        if (_options.AccessKey is null != _options.SecretKey is null)
            throw new FileSystemException(FileSystemErrorCode.NotSupported, "AccessKey and SecretKey (Cairn:FileSystems:s3:…) are set together or not at all.");
        if (_options.AccessKey is null)
            return null;
        return _options.SessionToken is { } token
            ? new SessionAWSCredentials(_options.AccessKey, _options.SecretKey, token)
            : new BasicAWSCredentials(_options.AccessKey, _options.SecretKey);
    }

    private static bool Has(ServerSupport support, bool unlessSaid) => support == ServerSupport.Auto ? unlessSaid : support == ServerSupport.Yes;

    private static bool IsAws(string host) => host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase)
        || host.EndsWith(".amazonaws.com.cn", StringComparison.OrdinalIgnoreCase);
}
