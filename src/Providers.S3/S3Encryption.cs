namespace Cairn.Providers.S3;

/// <summary>How the store encrypts what is written.</summary>
public enum S3Encryption
{
    /// <summary>As the bucket says; nothing is sent.</summary>
    BucketDefault,

    /// <summary>With keys that S3 manages (SSE-S3, AES256).</summary>
    S3,

    /// <summary>With a key of AWS's Key Management Service (SSE-KMS).</summary>
    Kms,
}
