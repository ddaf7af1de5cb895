using Amazon.S3;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.S3;

/// <summary>Where an S3 store is and how it is used. Immutable. Not a record, so that nothing prints its secrets.</summary>
public sealed class S3FileSystemOptions
{
    /// <summary>The address of a store that is not AWS's (<c>http://localhost:9000</c>). Null: what <c>AWS_ENDPOINT_URL_S3</c> or the profile says, else AWS.</summary>
    public Uri? ServiceUrl { get; init; }

    /// <summary>The region, as <c>eu-central-1</c>. Null: what the SDK finds in the environment, and <c>us-east-1</c> on a store that is not AWS's.</summary>
    public string? Region { get; init; }

    /// <summary>Whether the bucket goes into the path of a request and not into its host. Null: only on a store that is not AWS's.</summary>
    public bool? PathStyle { get; init; }

    /// <summary>The id of a static access key; null for the SDK's default chain (environment, profile, web identity, container, instance).</summary>
    public string? AccessKey { get; init; }

    /// <summary>The secret of <see cref="AccessKey"/>.</summary>
    public string? SecretKey { get; init; }

    /// <summary>The session token of temporary credentials.</summary>
    public string? SessionToken { get; init; }

    /// <summary>A profile of the AWS credentials file to take instead of the default chain; not together with <see cref="AccessKey"/>.</summary>
    public string? Profile { get; init; }

    /// <summary>A role to assume with the credentials above; renewed before they expire.</summary>
    public S3AssumeRole? AssumeRole { get; init; }

    /// <summary>
    /// A client to use instead of one that Cairn makes; it stays the caller's and is not disposed. Switch its retries and checksums off
    /// (<c>MaxErrorRetry = 0</c>, <c>WHEN_REQUIRED</c>): a publishing request that the SDK repeats in silence hides a lost answer.
    /// </summary>
    public IAmazonS3? Client { get; init; }

    /// <summary>Changes the configuration of the client that Cairn makes, after everything above went into it.</summary>
    public Action<AmazonS3Config>? Configure { get; init; }

    /// <summary>The most connections to the store at once; null for no limit of Cairn's own.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>How long making a connection may take. 5 s by default.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The storage class of what is written, as S3 names it (<c>STANDARD_IA</c>); the bucket's when null.</summary>
    public string? StorageClass { get; init; }

    /// <summary>How the store encrypts what is written; as the bucket says by default.</summary>
    public S3Encryption Encryption { get; init; }

    /// <summary>The key of <see cref="S3Encryption.Kms"/>, its id or ARN; AWS's own key when null.</summary>
    public string? KmsKeyId { get; init; }

    /// <summary>Whether bytes are compared with their CRC-32C. <see cref="S3Checksums.Auto"/> by default.</summary>
    public S3Checksums Checksums { get; init; }

    /// <summary>
    /// Whether the server honours a condition on a multi-part completion, and on the source of a copy (AWS; Ceph from 20.2). Where it does not, a
    /// conditional write above one part is spooled to disk and sent as one conditional PUT. <see cref="ServerSupport.Auto"/> by default.
    /// </summary>
    public ServerSupport ConditionalCompletion { get; init; }

    /// <summary>
    /// Whether the server honours a condition on the destination of a copy (AWS; Ceph 20.2 does not yet). Where it does not, a conditional copy
    /// goes through this process. <see cref="ServerSupport.Auto"/> by default.
    /// </summary>
    public ServerSupport ConditionalCopy { get; init; }

    /// <summary>Part sizes and memory of a writer; parts are at least 5 MiB. 8 MiB × 4 by default.</summary>
    public PartedWriteOptions Parts { get; init; } = new();

    /// <summary>Where a long conditional write is spooled when the server cannot publish it in parts; the system's temporary folder when null.</summary>
    public string? SpoolDirectory { get; init; }

    /// <summary>How requests are repeated, and how long each may take.</summary>
    public RetryOptions Retry { get; init; } = new();

    /// <summary>The clock; the system's by default.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where the jitter of retries comes from; null for a random one.</summary>
    public Random? Random { get; init; }

    /// <summary>The longest file that is copied with one request; tests have shorter ones.</summary>
    internal long MaxCopyLength { get; init; } = S3Limits.MaxPutLength;

    /// <summary>Bytes that every part but the last needs at least; tests have servers that take shorter ones.</summary>
    internal int MinPartSize { get; init; } = S3Limits.MinPartSize;

    /// <summary>Bytes of each part of a longer copy.</summary>
    internal long CopyPartSize { get; init; } = 512L << 20;
}
