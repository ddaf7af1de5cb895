using System.Security.Cryptography;
using Cairn.FileSystems;

namespace Cairn.Cli.Files;

/// <summary>A checksum that the store keeps of a file's content. S3's ETag of an object that was put in one part is the MD5 of its bytes.</summary>
internal sealed record KnownChecksum(string Md5)
{
    /// <summary>The checksum in an entry, or null where there is none.</summary>
    public static KnownChecksum? Of(FileEntry entry)
    {
        var isS3 = entry.Path.Scheme is { } scheme && scheme.StartsWith("s3", StringComparison.OrdinalIgnoreCase);
        var text = entry.ETag?.Trim('"');
        return isS3 && text is { Length: 32 } && text.All(char.IsAsciiHexDigit) ? new KnownChecksum(text.ToLowerInvariant()) : null;
    }

    public static IncrementalHash Start() => IncrementalHash.CreateHash(HashAlgorithmName.MD5);

    public bool Matches(byte[] hash) => Convert.ToHexStringLower(hash) == Md5;
}
