using Azure;
using Azure.Core;
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
        var settings = SettingsOf(options);
        if (options.ConnectionString is { } connection)
            return FromConnectionString(root, connection, settings);
        var endpoint = options.Endpoint ?? authority.Endpoint(root) ?? EndpointOf(options.AccountName)
            ?? throw FileSystemException.InvalidPath(root, "it names no account; set AccountName, Endpoint or ConnectionString (Cairn:FileSystems:abfs:…), or write container@account.host");
        if (endpoint.Query.Length > 0 || endpoint.UserInfo.Length > 0)
            throw FileSystemException.InvalidPath(root, "the endpoint of its account has a query or user info; a signature goes into SasToken");
        if (options.AccountKey is { } key)
            return new BlobServiceClient(endpoint, KeyOf(root, authority, options, key), settings);
        if (options.SasToken is { } sas)
            return new BlobServiceClient(endpoint, SignatureOf(root, sas), settings);
        if (endpoint.Scheme != Uri.UriSchemeHttps)
            throw FileSystemException.InvalidPath(root, "without TLS there is no token credential; set ConnectionString, AccountKey or SasToken (Cairn:FileSystems:abfs:…), or use wasbs: or abfss:");
        return new BlobServiceClient(endpoint, options.Credential ?? Credentials.Of(CredentialKind.Default, null, null), settings);
    }

    private static BlobClientOptions SettingsOf(AzureBlobFileSystemOptions options)
    {
        var settings = new BlobClientOptions { TrimBlobNameSlashes = false, EncryptionScope = options.EncryptionScope };
        settings.Retry.MaxRetries = 0;
        // A body is sent at once: what refuses early may take the next request on the connection for a body that never came.
        settings.Request100ContinueOptions = new Request100ContinueOptions { Mode = Request100ContinueMode.Never };
        // Every attempt has its own end here, and a body that stands still, too.
        settings.Retry.NetworkTimeout = Timeout.InfiniteTimeSpan;
        settings.AddPolicy(new WholeAnswers(), HttpPipelinePosition.BeforeTransport);
        settings.TransferValidation.Upload.ChecksumAlgorithm = options.TransferValidation;
        options.Configure?.Invoke(settings);
        return settings;
    }

    /// <summary>The SDK's own messages are left out here: they may repeat a part of the secret.</summary>
    private static BlobServiceClient FromConnectionString(StoragePath root, string connection, BlobClientOptions settings)
    {
        try
        {
            return new BlobServiceClient(connection, settings);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
        {
            throw FileSystemException.InvalidPath(root, "the connection string of its account (Cairn:FileSystems:abfs:ConnectionString) is malformed");
        }
    }

    private static StorageSharedKeyCredential KeyOf(StoragePath root, AzureAuthority authority, AzureBlobFileSystemOptions options, string key)
    {
        var account = authority.Account ?? options.AccountName ?? throw FileSystemException.InvalidPath(root, "AccountKey needs AccountName too");
        try
        {
            return new StorageSharedKeyCredential(account, key);
        }
        catch (FormatException)
        {
            throw FileSystemException.InvalidPath(root, $"the key of the account '{account}' is not in base 64");
        }
    }

    private static AzureSasCredential SignatureOf(StoragePath root, string sas) => sas.Contains("sig=", StringComparison.Ordinal)
        ? new AzureSasCredential(sas)
        : throw FileSystemException.InvalidPath(root, "the SasToken of its account is none: it has no 'sig='");

    private static Uri? EndpointOf(string? account) => account is null ? null : new Uri($"https://{account}.blob.core.windows.net");
}
