using Amazon.S3;
using Cairn.FileSystems.Drivers;
using Cairn.Hosting;
using Microsoft.Extensions.Configuration;

namespace Cairn.Providers.S3;

/// <summary>Reads <c>Cairn:FileSystems:s3</c>, and what <c>Buckets:&lt;name&gt;</c> below it says otherwise for one bucket.</summary>
internal sealed class S3Settings(TimeProvider time, IAmazonS3? client)
{
    private static readonly string[] CredentialKeys = ["AccessKey", "SecretKey", "SessionToken", "Profile"];
    private static readonly string[] ConnectionKeys = [.. CredentialKeys, "ServiceUrl", "Region", "AssumeRole:RoleArn"];

    /// <summary>The options of all buckets, and of those that have their own.</summary>
    /// <exception cref="FileSystems.FileSystemException">Everything that is wrong, each with its key and what is allowed; secrets are not repeated.</exception>
    public S3FileSystemProvider Read(IConfigurationSection section)
    {
        var reader = new SettingsReader(section);
        reader.Skip("Limits");
        var all = Read(reader, reader);
        var buckets = reader.Overrides("Buckets").ToDictionary(bucket => bucket.Key, bucket => Read(bucket.Value, CredentialsOf(bucket.Value, reader)), StringComparer.Ordinal);
        reader.Finish();
        return new S3FileSystemProvider(all, buckets);
    }

    /// <summary>The values of a credential are of one section: half of one and half of another would be nobody's.</summary>
    private static SettingsReader CredentialsOf(SettingsReader bucket, SettingsReader all)
    {
        foreach (var key in CredentialKeys)
            bucket.Skip(key);
        return CredentialKeys.Any(bucket.Has) ? bucket.Alone() : all;
    }

    private S3FileSystemOptions Read(SettingsReader reader, SettingsReader credentials)
    {
        var role = reader.Section("AssumeRole");
        var options = new S3FileSystemOptions
        {
            ServiceUrl = reader.Address("ServiceUrl"),
            Region = reader.Text("Region"),
            PathStyle = reader.Flag("PathStyle"),
            AccessKey = credentials.Text("AccessKey"),
            SecretKey = credentials.Text("SecretKey"),
            SessionToken = credentials.Text("SessionToken"),
            Profile = credentials.Text("Profile"),
            AssumeRole = Role(role),
            MaxConnections = reader.Number("MaxConnections", least: 1),
            ConnectTimeout = reader.Time("ConnectTimeout") ?? new S3FileSystemOptions().ConnectTimeout,
            StorageClass = reader.Text("StorageClass"),
            Encryption = reader.Choice<S3Encryption>("Encryption") ?? S3Encryption.BucketDefault,
            KmsKeyId = reader.Text("KmsKeyId"),
            Checksums = reader.Choice<S3Checksums>("Checksums") ?? S3Checksums.Auto,
            ConditionalCompletion = reader.Choice<ServerSupport>("ConditionalCompletion") ?? ServerSupport.Auto,
            ConditionalCopy = reader.Choice<ServerSupport>("ConditionalCopy") ?? ServerSupport.Auto,
            Parts = Parts(reader),
            SpoolDirectory = reader.Text("SpoolDirectory"),
            Retry = Retry(reader.Section("Retry")),
            TimeProvider = time,
            Client = ConnectionKeys.Any(reader.Has) ? null : client,
        };
        Check(reader, options);
        return options;
    }

    private static void Check(SettingsReader reader, S3FileSystemOptions options)
    {
        if (options.AccessKey is null != options.SecretKey is null)
            reader.Add("AccessKey and SecretKey are set together or not at all.");
        if (options.SessionToken is not null && options.AccessKey is null)
            reader.Add("SessionToken goes with AccessKey and SecretKey.");
        if (options is { Profile: not null, AccessKey: not null })
            reader.Add("AccessKey and Profile are not set together.");
        if (options.KmsKeyId is not null && options.Encryption != S3Encryption.Kms)
            reader.Add("KmsKeyId goes with Encryption Kms.");
        if (options.SpoolDirectory is { } directory && !Directory.Exists(directory))
            reader.Add($"SpoolDirectory is '{directory}'; there is no such directory.");
    }

    private static S3AssumeRole? Role(SettingsReader reader)
    {
        var (arn, session, externalId) = (reader.Text("RoleArn"), reader.Text("SessionName"), reader.Text("ExternalId"));
        if (arn is null)
        {
            if (session is not null || externalId is not null)
                reader.Add("RoleArn is missing.");
            return null;
        }
        var role = new S3AssumeRole { RoleArn = arn, ExternalId = externalId };
        return session is null ? role : new S3AssumeRole { RoleArn = arn, ExternalId = externalId, SessionName = session };
    }

    private static PartedWriteOptions Parts(SettingsReader reader)
    {
        var defaults = new PartedWriteOptions();
        return defaults with
        {
            PartSize = (int)(reader.Bytes("PartSize", S3Limits.MinPartSize, 1 << 30) ?? defaults.PartSize),
            Parallelism = reader.Number("Parallelism", least: 1) ?? defaults.Parallelism,
            GrowParts = reader.Flag("GrowParts") ?? defaults.GrowParts,
        };
    }

    private static RetryOptions Retry(SettingsReader reader)
    {
        var defaults = new RetryOptions();
        return defaults with
        {
            Attempts = reader.Number("Attempts", least: 1) ?? defaults.Attempts,
            FirstDelay = reader.Time("FirstDelay") ?? defaults.FirstDelay,
            LongestDelay = reader.Time("LongestDelay") ?? defaults.LongestDelay,
            Budget = reader.Time("Budget") ?? defaults.Budget,
            AttemptTimeout = reader.Time("AttemptTimeout") ?? defaults.AttemptTimeout,
            CommitGrace = reader.Time("CommitGrace") ?? defaults.CommitGrace,
        };
    }
}
