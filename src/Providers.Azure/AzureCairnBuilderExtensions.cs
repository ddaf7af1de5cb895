using Azure.Storage.Blobs;
using Cairn.FileSystems;
using Cairn.Hosting;
using Cairn.Providers.Azure;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Azure Blob Storage to Cairn in a host.</summary>
public static class AzureCairnBuilderExtensions
{
    /// <summary>
    /// Adds <c>abfs(s):</c>, <c>wasb(s):</c> and <c>az:</c>, configured under <c>Cairn:FileSystems:abfs</c>, for every account, for one
    /// (<c>…:Accounts:&lt;account&gt;</c>) and for one container (<c>…:Containers:&lt;container&gt;</c> below either): see <c>docs/azure.md</c> for the keys.
    /// Where none is configured, a <see cref="BlobServiceClient"/> among the services that is the account's is used and stays theirs; then <c>fs.azure.account.key.&lt;account&gt;</c>, <c>AZURE_STORAGE_CONNECTION_STRING</c> and
    /// <c>DefaultAzureCredential</c> are tried, in this order.
    /// </summary>
    /// <param name="builder">What <c>AddCairn</c> returned.</param>
    /// <param name="options">Takes the place of the configuration.</param>
    public static CairnBuilder AddAzureBlobs(this CairnBuilder builder, AzureBlobFileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IFileSystemProvider>(services => options is null
            ? new AzureBlobFileSystemProvider(new AzureSettings(builder.Configuration, services.GetService<BlobServiceClient>(), services.GetService<TimeProvider>()).Of)
            : new AzureBlobFileSystemProvider(options));
        return builder;
    }
}
