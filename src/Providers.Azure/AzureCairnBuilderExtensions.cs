using Cairn.FileSystems;
using Cairn.Hosting;
using Cairn.Providers.Azure;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Azure Blob Storage to Cairn in a host.</summary>
public static class AzureCairnBuilderExtensions
{
    /// <summary>Adds <c>abfs(s):</c>, <c>wasb(s):</c> and <c>az:</c>.</summary>
    /// <param name="builder">What <c>AddCairn</c> returned.</param>
    /// <param name="options">Credentials and, where the path does not say it, the account; without them <c>DefaultAzureCredential</c> decides.</param>
    public static CairnBuilder AddAzureBlobs(this CairnBuilder builder, AzureBlobFileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IFileSystemProvider>(new AzureBlobFileSystemProvider(options));
        return builder;
    }
}
