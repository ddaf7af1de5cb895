using Cairn.FileSystems;

namespace Cairn.Providers.Azure;

/// <summary>
/// Makes the file systems of Azure Blob Storage, in Hadoop's spelling: <c>abfss://container@account.dfs.core.windows.net/path</c>,
/// <c>wasbs://container@account.blob.core.windows.net/path</c>, and <c>az://container/path</c> with the account from the options. Thread safe.
/// </summary>
public sealed class AzureBlobFileSystemProvider : IFileSystemProvider
{
    private readonly Func<StoragePath, AzureBlobFileSystemOptions> _optionsOf;

    /// <summary>Makes one whose file systems all use <paramref name="options"/>.</summary>
    public AzureBlobFileSystemProvider(AzureBlobFileSystemOptions? options = null)
        : this(_ => options ?? new())
    {
    }

    /// <summary>Makes one that asks for the options of each account and container.</summary>
    /// <param name="optionsOf">The options of a root like <c>abfss://container@account.host/</c>; called once for each, by any thread.</param>
    public AzureBlobFileSystemProvider(Func<StoragePath, AzureBlobFileSystemOptions> optionsOf)
    {
        ArgumentNullException.ThrowIfNull(optionsOf);
        _optionsOf = optionsOf;
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; } = ["abfs", "abfss", "az", "wasb", "wasbs"];

    /// <inheritdoc/>
    public IFileSystem Create(StoragePath root) => new AzureBlobFileSystem(root, _optionsOf(root));
}
