using Amazon.S3;
using Amazon.S3.Model;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.S3;

/// <summary>What every object that Cairn writes carries: its write id, its checksum where that is known before, and how it is stored.</summary>
internal sealed class S3ObjectHeaders(S3FileSystemOptions options)
{
    private const string ContentType = "application/octet-stream";
    private const string WriteIdKey = "cairn-write-id";
    private const string ChecksumKey = "cairn-crc32c";

    private readonly S3StorageClass? _storageClass = options.StorageClass is { } name ? S3StorageClass.FindValue(name) : null;

    private readonly ServerSideEncryptionMethod? _encryption = options.Encryption switch
    {
        S3Encryption.S3 => ServerSideEncryptionMethod.AES256,
        S3Encryption.Kms => ServerSideEncryptionMethod.AWSKMS,
        _ => null,
    };

    /// <summary>The write id of an object; null when a stranger wrote it.</summary>
    public static string? WriteIdOf(MetadataCollection metadata) => metadata[WriteIdKey];

    /// <summary>The checksum of an object of one request that Cairn wrote.</summary>
    public static uint? ChecksumOf(MetadataCollection metadata) => Crc32C.FromBase64(metadata[ChecksumKey]);

    public void Stamp(PutObjectRequest request, string writeId, string? checksum)
    {
        request.ContentType = ContentType;
        request.Metadata[WriteIdKey] = writeId;
        if (checksum is not null)
        {
            request.Metadata[ChecksumKey] = checksum;
            request.ChecksumAlgorithm = ChecksumAlgorithm.CRC32C;
            request.ChecksumCRC32C = checksum;
        }
        if (_storageClass is not null)
            request.StorageClass = _storageClass;
        if (_encryption is null)
            return;
        request.ServerSideEncryptionMethod = _encryption;
        request.ServerSideEncryptionKeyManagementServiceKeyId = options.KmsKeyId;
    }

    public void Stamp(InitiateMultipartUploadRequest request, string writeId, bool withChecksum)
    {
        request.ContentType = ContentType;
        request.Metadata[WriteIdKey] = writeId;
        if (withChecksum)
        {
            request.ChecksumAlgorithm = ChecksumAlgorithm.CRC32C;
            request.ChecksumType = ChecksumType.FULL_OBJECT;
        }
        if (_storageClass is not null)
            request.StorageClass = _storageClass;
        if (_encryption is null)
            return;
        request.ServerSideEncryptionMethod = _encryption;
        request.ServerSideEncryptionKeyManagementServiceKeyId = options.KmsKeyId;
    }

    public void Stamp(CopyObjectRequest request, string writeId)
    {
        // Or the copy would carry the write id of its source.
        request.MetadataDirective = S3MetadataDirective.REPLACE;
        request.ContentType = ContentType;
        request.Metadata[WriteIdKey] = writeId;
        if (_storageClass is not null)
            request.StorageClass = _storageClass;
        if (_encryption is null)
            return;
        request.ServerSideEncryptionMethod = _encryption;
        request.ServerSideEncryptionKeyManagementServiceKeyId = options.KmsKeyId;
    }
}
