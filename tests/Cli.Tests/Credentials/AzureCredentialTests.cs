using Azure.Storage;
using Azure.Storage.Sas;
using Cairn.Cli.Tests.Running;
using Cairn.Cli.Tests.Stores;
using Cairn.Emulators;

namespace Cairn.Cli.Tests.Credentials;

/// <summary>Credentials of Azure on the server here, and tokens on one that only speaks TLS, as Azure's own do. The tool runs as a process.</summary>
public sealed class AzureCredentialTests
{
    [Fact]
    public Task A_connection_string_in_Azures_variable() => ListsAsync(azure => new() { ["AZURE_STORAGE_CONNECTION_STRING"] = azure.ConnectionString });

    [Fact]
    public Task A_connection_string() => ListsAsync(azure => new() { ["CAIRN__FileSystems__abfs__ConnectionString"] = azure.ConnectionString });

    [Fact]
    public Task An_account_key() => ListsAsync(azure => new()
    {
        ["CAIRN__FileSystems__abfs__AccountKey"] = azure.AccountKey,
        ["CAIRN__FileSystems__abfs__Endpoint"] = azure.BlobEndpoint.ToString(),
    });

    [Fact]
    public Task A_shared_access_signature() => ListsAsync(azure => new()
    {
        ["CAIRN__FileSystems__abfs__SasToken"] = Signature(azure),
        ["CAIRN__FileSystems__abfs__Endpoint"] = azure.BlobEndpoint.ToString(),
    });

    [Fact]
    public async Task A_managed_identity()
    {
        using var identity = new LocalService(request => request.Headers["X-IDENTITY-HEADER"] == "header" ? Token("managed") : "");
        await ShowsTokenAsync("managed", new() { ["IDENTITY_ENDPOINT"] = $"{identity.Address}/msi/token", ["IDENTITY_HEADER"] = "header" });
        Assert.Contains(identity.Requests, r => r.StartsWith("GET /msi/token", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_Azure_command_line()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A script stands in for az.");
        using var folder = new TestFolder();
        var expires = TimeProvider.System.GetUtcNow().AddHours(1);
        var az = folder.Write("az", $$"""
            #!/bin/sh
            echo '{ "accessToken": "command-line", "expiresOn": "{{expires:yyyy-MM-dd HH:mm:ss.ffffff}}", "expires_on": {{expires.ToUnixTimeSeconds()}}, "tokenType": "Bearer" }'

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await ShowsTokenAsync("command-line", new() { ["PATH"] = $"{folder.Path}:{Environment.GetEnvironmentVariable("PATH")}", ["AZURE_TOKEN_CREDENTIALS"] = "dev" });
    }

    private static string Token(string token) =>
        $$"""{ "access_token": "{{token}}", "expires_on": "{{TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds()}}", "resource": "https://storage.azure.com/", "token_type": "Bearer" }""";

    private static string Signature(AzureEndpoint azure) => new AccountSasBuilder
    {
        Services = AccountSasServices.Blobs,
        ResourceTypes = AccountSasResourceTypes.All,
        ExpiresOn = TimeProvider.System.GetUtcNow().AddHours(1),
        Protocol = SasProtocol.HttpsAndHttp,
    }.WithAll().ToSasQueryParameters(new StorageSharedKeyCredential(azure.AccountName, azure.AccountKey)).ToString();

    /// <summary>Lists a directory with credentials that only <paramref name="variables"/> tell of.</summary>
    private static async Task ListsAsync(Func<AzureEndpoint, Dictionary<string, string>> variables)
    {
        await using var store = await TestStore.OpenAsync("azure");
        await store.WriteAsync("found", "1");
        var azure = await AzureEndpoint.GetSharedAsync(TestContext.Current.CancellationToken);

        var result = await ToolProcess.RunAsync(new Surroundings { Environment = variables(azure) }, "ls", $"{store.Root}", "--verbose");

        Assert.Equal([$"{store.Root}/found"], result.Done().Lines);
    }

    private static async Task ShowsTokenAsync(string token, Dictionary<string, string> variables)
    {
        using var blobs = new TlsBlobService();
        var environment = new Dictionary<string, string>(variables)
        {
            ["SSL_CERT_FILE"] = blobs.CertificateFile,
            ["CAIRN__FileSystems__abfs__Endpoint"] = blobs.Address,
        };

        var result = await ToolProcess.RunAsync(new Surroundings { Environment = environment }, "ls", "abfss://container@acme.dfs.core.windows.net/", "--verbose");

        Assert.Equal(["abfss://container@acme.dfs.core.windows.net/found"], result.Done().Lines);
        Assert.All(blobs.Authorizations, authorization => Assert.Equal($"Bearer {token}", authorization));
    }
}

internal static class SasBuilding
{
    public static AccountSasBuilder WithAll(this AccountSasBuilder builder)
    {
        builder.SetPermissions(AccountSasPermissions.All);
        return builder;
    }
}
