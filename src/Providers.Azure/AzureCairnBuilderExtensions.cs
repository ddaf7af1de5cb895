using Cairn.FileSystems;
using Cairn.Hosting;
using Cairn.Providers.Azure;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Azure Blob Storage to Cairn in a host.</summary>
public static class AzureCairnBuilderExtensions
{
    /// <summary>
    /// Adds <c>abfs(s):</c>, <c>wasb(s):</c> and <c>az:</c>, configured under <c>Cairn:FileSystems:abfs</c>: <c>ConnectionString</c> (or <c>AZURE_STORAGE_CONNECTION_STRING</c>),
    /// <c>AccountName</c>, <c>AccountKey</c>, <c>SasToken</c>, <c>Endpoint</c>. Where nothing is set, <c>DefaultAzureCredential</c> decides.
    /// </summary>
    /// <param name="builder">What <c>AddCairn</c> returned.</param>
    /// <param name="options">Takes the place of the configuration.</param>
    public static CairnBuilder AddAzureBlobs(this CairnBuilder builder, AzureBlobFileSystemOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IFileSystemProvider>(_ => new AzureBlobFileSystemProvider(options ?? Read(builder)));
        return builder;
    }

    private static AzureBlobFileSystemOptions Read(CairnBuilder builder)
    {
        var section = builder.FileSystem("abfs");
        var hasCredential = section["AccountKey"] is { Length: > 0 } || section["SasToken"] is { Length: > 0 };
        return new AzureBlobFileSystemOptions
        {
            ConnectionString = section["ConnectionString"] ?? (hasCredential ? null : builder.Configuration["AZURE_STORAGE_CONNECTION_STRING"]),
            AccountName = section["AccountName"],
            AccountKey = section["AccountKey"],
            SasToken = section["SasToken"],
            Endpoint = section["Endpoint"] is not { Length: > 0 } text ? null
                : Uri.TryCreate(text, UriKind.Absolute, out var endpoint) ? endpoint
                : throw new FileSystemException(FileSystemErrorCode.NotSupported, $"{section.Path}:Endpoint is '{text}'; it must be an address like http://127.0.0.1:10000/account."),
        };
    }
}
