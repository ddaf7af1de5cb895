using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.RuntimeDependencies;
using Amazon.SecurityToken;
using Cairn.FileSystems;

namespace Cairn.Providers.S3;

/// <summary>Who asks: static keys, a profile, or the SDK's default chain; and a role that is assumed with them.</summary>
internal static class S3Credentials
{
    /// <summary>The SDK finds its token service by reflection, which is not there after trimming; web identities need it.</summary>
    static S3Credentials()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            GlobalRuntimeDependencyRegistry.Instance.RegisterSecurityTokenServiceClient(TokenService);
    }

    /// <summary>Null for the default chain.</summary>
    public static AWSCredentials? Of(S3FileSystemOptions options)
    {
        var credentials = Static(options) ?? Profile(options);
        return options.AssumeRole is { } role
            ? new AssumedRole(credentials ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(), role, options.Region, options.TimeProvider)
            : credentials;
    }

    private static AWSCredentials? Static(S3FileSystemOptions options)
    {
        if (options.AccessKey is null != options.SecretKey is null)
            throw Wrong("AccessKey and SecretKey (Cairn:FileSystems:s3:…) are set together or not at all.");
        if (options.AccessKey is null)
            return options.SessionToken is null ? null : throw Wrong("SessionToken (Cairn:FileSystems:s3:…) goes with AccessKey and SecretKey.");
        if (options.Profile is not null)
            throw Wrong("AccessKey and Profile (Cairn:FileSystems:s3:…) are not set together.");
        return options.SessionToken is { } token
            ? new SessionAWSCredentials(options.AccessKey, options.SecretKey, token)
            : new BasicAWSCredentials(options.AccessKey, options.SecretKey);
    }

    private static AWSCredentials? Profile(S3FileSystemOptions options)
    {
        if (options.Profile is not { } name)
            return null;
        return new CredentialProfileStoreChain().TryGetAWSCredentials(name, out var credentials)
            ? credentials
            : throw Wrong($"Profile (Cairn:FileSystems:s3:Profile) is '{name}'; there is no such profile with credentials in the AWS configuration files.");
    }

    private static AmazonSecurityTokenServiceClient TokenService(CreateInstanceContext context)
    {
        var asked = context.SecurityTokenServiceClientContextData;
        var config = new AmazonSecurityTokenServiceConfig();
        if (asked?.Region is { } region)
            config.RegionEndpoint = region;
        return asked?.Action == SecurityTokenServiceClientContext.ActionContext.AssumeRoleAWSCredentials
            ? new AmazonSecurityTokenServiceClient(SourceOfRole(), config)
            : new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), config);
    }

    /// <summary>
    /// Who assumes the role of the profile in force: the SDK does not say, and its default chain would come back to this very profile, for ever.
    /// </summary>
    private static AWSCredentials SourceOfRole()
    {
        var name = Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } named ? named : "default";
        var profiles = new CredentialProfileStoreChain();
        if (!profiles.TryGetProfile(name, out var profile))
            throw Wrong($"The profile '{name}', whose role is to be assumed, is not in the AWS configuration files.");
        if (profile.Options.SourceProfile is { Length: > 0 } source && source != name && profiles.TryGetAWSCredentials(source, out var credentials))
            return credentials;
        return profile.Options.CredentialSource switch
        {
            "Environment" => new EnvironmentVariablesAWSCredentials(),
            "Ec2InstanceMetadata" => new InstanceProfileAWSCredentials(),
            "EcsContainer" => new GenericContainerCredentials(),
            _ => throw Wrong($"The profile '{name}' has a role, but no source_profile or credential_source with credentials to assume it."),
        };
    }

    private static FileSystemException Wrong(string message) => new(FileSystemErrorCode.NotSupported, message);
}
