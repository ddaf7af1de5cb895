using Cairn.FileSystems;

namespace Cairn.Providers.S3;

/// <summary>Makes the file systems of <c>s3:</c> and its aliases; the authority is the bucket. Thread safe.</summary>
public sealed class S3FileSystemProvider : IFileSystemProvider
{
    private readonly S3FileSystemOptions _options;
    private readonly IReadOnlyDictionary<string, S3FileSystemOptions> _buckets;

    /// <summary>Makes one.</summary>
    /// <param name="options">Where the store is and how it is used.</param>
    /// <param name="buckets">Buckets that have options of their own, by name; these take the place of <paramref name="options"/> as a whole.</param>
    public S3FileSystemProvider(S3FileSystemOptions? options = null, IReadOnlyDictionary<string, S3FileSystemOptions>? buckets = null)
    {
        _options = options ?? new();
        _buckets = buckets ?? new Dictionary<string, S3FileSystemOptions>();
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; } = ["s3", "s3a", "s3p", "s3n"];

    /// <inheritdoc/>
    public IFileSystem Create(StoragePath root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return new S3FileSystem(root, For(root.Authority ?? ""));
    }

    /// <summary>The options of a bucket.</summary>
    internal S3FileSystemOptions For(string bucket) => _buckets.GetValueOrDefault(bucket) ?? _options;
}
