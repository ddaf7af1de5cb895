using Cairn.FileSystems;

namespace Cairn.Providers.Azure;

/// <summary>
/// Makes the file systems of Azure Blob Storage, in Hadoop's spelling: <c>abfss://container@account.dfs.core.windows.net/path</c>,
/// <c>wasbs://container@account.blob.core.windows.net/path</c>, and <c>az://container/path</c> with the account from the options. Thread safe.
/// </summary>
public sealed class AzureBlobFileSystemProvider : IFileSystemProvider
{
    private readonly AzureBlobFileSystemOptions _options;

    /// <summary>Makes one whose file systems all use <paramref name="options"/>.</summary>
    public AzureBlobFileSystemProvider(AzureBlobFileSystemOptions? options = null) => _options = options ?? new();

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; } = ["abfs", "abfss", "az", "wasb", "wasbs"];

    /// <inheritdoc/>
    public IFileSystem Create(StoragePath root) => new AzureBlobFileSystem(root, _options);
}
