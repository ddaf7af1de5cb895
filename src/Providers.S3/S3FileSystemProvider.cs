using Cairn.FileSystems;

namespace Cairn.Providers.S3;

/// <summary>Makes the file systems of <c>s3:</c> and its aliases; the authority is the bucket. Thread safe.</summary>
public sealed class S3FileSystemProvider : IFileSystemProvider
{
    private readonly S3FileSystemOptions _options;

    /// <summary>Makes one whose file systems all use <paramref name="options"/>.</summary>
    public S3FileSystemProvider(S3FileSystemOptions? options = null) => _options = options ?? new();

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; } = ["s3", "s3a", "s3p", "s3n"];

    /// <inheritdoc/>
    public IFileSystem Create(StoragePath root) => new S3FileSystem(root, _options);
}
