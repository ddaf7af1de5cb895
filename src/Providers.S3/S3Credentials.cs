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
    /// <summary>The SDK finds its token service by reflection, which is not there after trimming; web identities need it. Roles of profiles are assumed here (<see cref="Own"/>).</summary>
    static S3Credentials()
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            GlobalRuntimeDependencyRegistry.Instance.RegisterSecurityTokenServiceClient(TokenService);
    }

    /// <summary>Null for the default chain.</summary>
    public static AWSCredentials? Of(S3FileSystemOptions options)
    {
        var credentials = Static(options) ?? Profile(options) ?? RoleOfChain(options);
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
            ? Own(credentials, options)
            : throw Wrong($"Profile (Cairn:FileSystems:s3:Profile) is '{name}'; there is no such profile with credentials in the AWS configuration files.");
    }

    /// <summary>The role of the profile that the default chain comes to, when it comes to one with a role; null for whatever else the chain finds.</summary>
    private static AWSCredentials? RoleOfChain(S3FileSystemOptions options)
    {
        // Both come before profiles.
        if (IsSet("AWS_ACCESS_KEY_ID") || IsSet("AWS_WEB_IDENTITY_TOKEN_FILE"))
            return null;
        var profiles = new CredentialProfileStoreChain();
        return profiles.TryGetProfile(DefaultAWSCredentialsIdentityResolver.GetProfileName(), out var profile) && profile.Options.RoleArn is { Length: > 0 }
            && AWSCredentialsFactory.TryGetAWSCredentials(profile.Options, profiles, out var credentials)
                ? Own(credentials, options)
                : null;
    }

    /// <summary>
    /// A role assumed by us, with whatever its source is, another role perhaps. The SDK's own class makes its client by reflection; told of one, it does not say
    /// whose keys are to sign.
    /// </summary>
    private static AWSCredentials Own(AWSCredentials credentials, S3FileSystemOptions options)
    {
        if (credentials is not AssumeRoleAWSCredentials role)
            return credentials;
        if (role.Options.MfaSerialNumber is { Length: > 0 } device)
            throw Wrong($"The role '{role.RoleArn}' of the profile asks for a code of the device '{device}' (mfa_serial), for which nobody can be asked here.");
        var assumed = new S3AssumeRole { RoleArn = role.RoleArn, SessionName = role.RoleSessionName, ExternalId = role.Options.ExternalId };
        return new AssumedRole(Own(role.SourceCredentials, options), assumed, options.Region, options.TimeProvider);
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };

    /// <summary>For web identities, whose requests nobody signs.</summary>
    private static AmazonSecurityTokenServiceClient TokenService(CreateInstanceContext context)
    {
        var config = new AmazonSecurityTokenServiceConfig();
        if (context.SecurityTokenServiceClientContextData?.Region is { } region)
            config.RegionEndpoint = region;
        return new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), config);
    }

    private static FileSystemException Wrong(string message) => new(FileSystemErrorCode.NotSupported, message);
}
