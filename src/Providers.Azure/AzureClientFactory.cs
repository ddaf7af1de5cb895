using Azure;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using Cairn.FileSystems;

namespace Cairn.Providers.Azure;

/// <summary>Makes the SDK's client as Cairn needs it: names kept as they are, no retries behind our back.</summary>
internal static class AzureClientFactory
{
    public static BlobServiceClient Create(StoragePath root, AzureAuthority authority, AzureBlobFileSystemOptions options)
    {
        if (options.Client is not null)
            return options.Client;
        var settings = new BlobClientOptions { TrimBlobNameSlashes = false };
        settings.Retry.MaxRetries = 0;
        options.Configure?.Invoke(settings);
        if (options.ConnectionString is { } connection)
            return FromConnectionString(root, connection, settings);
        var endpoint = options.Endpoint ?? authority.Endpoint(root) ?? EndpointOf(options.AccountName)
            ?? throw FileSystemException.InvalidPath(root, "it names no account; set AccountName, Endpoint or ConnectionString, or write container@account.host");
        if (options.AccountKey is { } key)
            return new BlobServiceClient(endpoint, new StorageSharedKeyCredential(AccountOf(root, authority, options), key), settings);
        if (options.SasToken is { } sas)
            return new BlobServiceClient(endpoint, new AzureSasCredential(sas), settings);
        if (endpoint.Scheme != Uri.UriSchemeHttps)
            throw FileSystemException.InvalidPath(root, "without TLS there is no token credential; set ConnectionString, AccountKey or SasToken (Cairn:FileSystems:abfs:…), or use wasbs: or abfss:");
        return new BlobServiceClient(endpoint, options.Credential ?? new DefaultAzureCredential(), settings);
    }

    private static BlobServiceClient FromConnectionString(StoragePath root, string connection, BlobClientOptions settings)
    {
        try
        {
            return new BlobServiceClient(connection, settings);
        }
        catch (FormatException)
        {
            // The SDK's own message is left out: it may repeat a part of the text.
            throw FileSystemException.InvalidPath(root, "the connection string of its account (Cairn:FileSystems:abfs:ConnectionString) is malformed");
        }
    }

    private static Uri? EndpointOf(string? account) => account is null ? null : new Uri($"https://{account}.blob.core.windows.net");

    private static string AccountOf(StoragePath root, AzureAuthority authority, AzureBlobFileSystemOptions options) =>
        options.AccountName ?? authority.Account ?? throw FileSystemException.InvalidPath(root, "AccountKey needs AccountName too");
}
