using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Cairn.Providers.S3;

/// <summary>Makes the SDK's client as Cairn needs it: no retries behind our back, no checksums that servers refuse or that cost five times the call.</summary>
internal static class S3ClientFactory
{
    public static IAmazonS3 Create(S3FileSystemOptions options)
    {
        var config = new AmazonS3Config
        {
            MaxErrorRetry = 0,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            ForcePathStyle = options.PathStyle ?? !options.IsAws,
        };
        if (options.ServiceUrl is { } url)
        {
            config.ServiceURL = url.ToString();
            config.AuthenticationRegion = options.Region ?? "us-east-1";
        }
        else if (options.Region is { } region)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }
        options.Configure?.Invoke(config);
        try
        {
            return Credentials(options) is { } credentials ? new AmazonS3Client(credentials, config) : new AmazonS3Client(config);
        }
        catch (AmazonClientException e)
        {
            throw new InvalidOperationException($"The S3 client cannot be made; is Region set? {e.Message}", e);
        }
    }

    private static AWSCredentials? Credentials(S3FileSystemOptions options)
    {
        if (options.AccessKey is null != options.SecretKey is null)
            throw new InvalidOperationException("AccessKey and SecretKey are set together or not at all.");
        if (options.AccessKey is null)
            return null;
        return options.SessionToken is { } token
            ? new SessionAWSCredentials(options.AccessKey, options.SecretKey, token)
            : new BasicAWSCredentials(options.AccessKey, options.SecretKey);
    }
}
