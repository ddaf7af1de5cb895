using System.Net;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Cairn.FileSystems;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.Providers.Azure.Tests;

/// <summary>What the configuration says, for every account, for one account and for one container.</summary>
public sealed class AzureSettingsTests
{
    private const string Abfs = "Cairn:FileSystems:abfs";
    private const string Root = "abfss://box@acme.dfs.core.windows.net/";
    private const string Secret = "c2VjcmV0LXNlY3JldC1zZWNyZXQ=";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_key_is_read()
    {
        var options = Read(Root, [
            ("AccountKey", Secret), ("Endpoint", "http://127.0.0.1:10000/acme"), ("BlockSize", "4 MiB"), ("MaxBlockSize", "16 MiB"), ("Parallelism", "8"), ("DeleteParallelism", "3"),
            ("Retry:AttemptTimeout", "20s"), ("Retry:CommitGrace", "3s"), ("Retry:Attempts", "3"), ("Retry:FirstDelay", "10ms"), ("Retry:LongestDelay", "1s"), ("Retry:Budget", "30s"),
            ("AccessTier", "cool"), ("EncryptionScope", "scope"), ("TransferValidation", "MD5")]);
        Assert.Equal((Secret, "acme", new Uri("http://127.0.0.1:10000/acme")), (options.AccountKey, options.AccountName, options.Endpoint));
        Assert.Equal((4 << 20, 16 << 20, 8, 50_000), (options.Blocks.PartSize, options.Blocks.MaxPartSize, options.Blocks.Parallelism, options.Blocks.MaxParts));
        Assert.Equal((3, TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(3)), (options.DeleteParallelism, options.Retry.AttemptTimeout, options.Retry.CommitGrace));
        Assert.Equal((3, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
            (options.Retry.Attempts, options.Retry.FirstDelay, options.Retry.LongestDelay, options.Retry.Budget));
        Assert.Equal((AccessTier.Cool, "scope", StorageChecksumAlgorithm.MD5), (options.AccessTier!.Value, options.EncryptionScope, options.TransferValidation));
    }

    [Fact]
    public void The_most_exact_section_wins_key_by_key_and_for_credentials_as_a_whole()
    {
        (string, string)[] settings =
        [
            ("AccountKey", "top"), ("BlockSize", "1 MiB"), ("Parallelism", "1"), ("AccessTier", "Hot"), ("DeleteParallelism", "1"),
            ("Containers:box:Parallelism", "2"), ("Containers:box:AccessTier", "Cool"), ("Containers:box:DeleteParallelism", "2"),
            ("Accounts:acme:SasToken", "sig=account"), ("Accounts:acme:AccessTier", "Cold"), ("Accounts:acme:DeleteParallelism", "3"),
            ("Accounts:acme:Containers:box:DeleteParallelism", "4"), ("Accounts:acme:Containers:other:SasToken", "sig=container"),
        ];
        var box = Read(Root, settings);
        Assert.Equal((1 << 20, 2, AccessTier.Cold, 4), (box.Blocks.PartSize, box.Blocks.Parallelism, box.AccessTier!.Value, box.DeleteParallelism));
        Assert.Equal((null, "sig=account"), (box.AccountKey, box.SasToken));
        Assert.Equal("sig=container", Read("abfss://other@acme.dfs.core.windows.net/", settings).SasToken);
        Assert.Equal("top", Read("wasbs://box@another.blob.core.windows.net/", settings).AccountKey);
    }

    [Theory]
    [InlineData("AccountName=acme;AccountKey=x")]
    [InlineData("BlobEndpoint=https://acme.blob.core.windows.net;SharedAccessSignature=sig=x")]
    [InlineData("BlobEndpoint=http://127.0.0.1:10000/acme;SharedAccessSignature=sig=x")]
    [InlineData("BlobEndpoint=http://azurite:10000/acme/;SharedAccessSignature=sig=x")]
    public void A_connection_string_is_used_for_the_account_that_it_names_and_for_paths_that_name_none(string connection)
    {
        foreach (var key in new[] { $"{Abfs}:ConnectionString", AzureSettings.Environment })
        {
            var configuration = Configure((key, connection));
            Assert.Equal(connection, new AzureSettings(configuration).Of(StoragePath.Parse(Root)).ConnectionString);
            var az = new AzureSettings(configuration).Of(StoragePath.Parse("az://box/"));
            Assert.Equal((connection, "acme"), (az.ConnectionString, az.AccountName));
        }
    }

    [Theory]
    [InlineData("BlobEndpoint=http://azurite:10000;SharedAccessSignature=sig=x")]
    [InlineData("BlobEndpoint=azurite;SharedAccessSignature=sig=x")]
    public void A_connection_string_that_names_no_account_is_used_for_each(string connection)
    {
        var settings = new AzureSettings(Configure((AzureSettings.Environment, connection)));
        Assert.All([Root, "az://box/"], root => Assert.Equal(connection, settings.Of(StoragePath.Parse(root)).ConnectionString));
    }

    [Fact]
    public void Another_accounts_credential_is_never_used_and_the_message_says_what_to_configure()
    {
        foreach (var (key, value) in new[] { ("ConnectionString", $"AccountName=other;AccountKey={Secret}"), ("AccountKey", Secret), ("SasToken", "sig=" + Secret) })
        {
            var error = Assert.Throws<FileSystemException>(() => Read(Root, [("AccountName", "other"), (key, value)]));
            Assert.Contains("Cairn:FileSystems:abfs:Accounts:acme", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        }
        var ambient = new AzureSettings(Configure((AzureSettings.Environment, $"AccountName=other;AccountKey={Secret}"))).Of(StoragePath.Parse(Root));
        Assert.Equal((null, null, null), (ambient.ConnectionString, ambient.AccountKey, ambient.Credential));
    }

    [Theory]
    [InlineData("fs.azure.account.key.acme", Root)]
    [InlineData("fs.azure.account.key.acme.dfs.core.windows.net", Root)]
    [InlineData("fs.azure.account.key.acme.blob.core.windows.net", Root)]
    [InlineData("fs.azure.account.key.acme.blob.core.windows.net", "wasb://box@acme.blob.core.windows.net/")]
    [InlineData("fs.azure.account.key.acme.dfs.core.chinacloudapi.cn", "abfss://box@acme.dfs.core.chinacloudapi.cn/")]
    public void Flinks_key_of_an_account_is_used_before_the_ambient_connection_string_and_behind_our_own(string key, string root)
    {
        var path = StoragePath.Parse(root);
        var options = new AzureSettings(Configure((key, Secret), (AzureSettings.Environment, "AccountName=acme;AccountKey=x"))).Of(path);
        Assert.Equal((Secret, null), (options.AccountKey, options.ConnectionString));
        Assert.Null(new AzureSettings(Configure((key, Secret), ($"{Abfs}:SasToken", "sig=x"))).Of(path).AccountKey);
        Assert.Null(new AzureSettings(Configure((key, Secret))).Of(StoragePath.Parse("abfss://box@other.dfs.core.windows.net/")).AccountKey);
    }

    [Theory]
    [InlineData("Default", typeof(DefaultAzureCredential))]
    [InlineData("ManagedIdentity", typeof(ManagedIdentityCredential))]
    [InlineData("WorkloadIdentity", typeof(WorkloadIdentityCredential))]
    [InlineData("AzureCli", typeof(AzureCliCredential))]
    [InlineData("environment", typeof(EnvironmentCredential))]
    public void A_kind_of_token_credential_can_be_named(string kind, Type expected) =>
        Assert.IsType(expected, Read(Root, [("Credential", kind), ("ClientId", "6d1b6f9e-0000-0000-0000-000000000001")]).Credential);

    [Fact]
    public void A_client_id_alone_is_the_default_credential_with_that_identity() =>
        Assert.IsType<DefaultAzureCredential>(Read(Root, [("ClientId", "6d1b6f9e-0000-0000-0000-000000000001")]).Credential);

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once_each_with_its_key()
    {
        string[] keys = ["BlockSize", "MaxBlockSize", "Parallelism", "DeleteParallelism", "Retry:Attempts", "Retry:FirstDelay", "Retry:Budget", "AccessTier", "TransferValidation", "Credential", "Endpoint"];
        foreach (var section in new[] { "", "Containers:box:", "Accounts:acme:", "Accounts:acme:Containers:box:" })
        {
            var error = Assert.Throws<FileSystemException>(() => Read(Root, [.. keys.Select(key => (section + key, "what?"))]));
            Assert.All(keys, key => Assert.Contains($"{Abfs}:{section}{key} ", error.Message, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("AcountKey", "AccountKey")]
    [InlineData("Accounts:acme:SasTokn", "SasToken")]
    [InlineData("Accounts:acme:Containers:box:BlokSize", "BlockSize")]
    [InlineData("Containers:box:Endpont", "Endpoint")]
    [InlineData("Retry:Atempts", "Attempts")]
    [InlineData("Containers:box:Retry:Atempts", "Attempts")]
    public void A_mistyped_key_is_no_setting_and_its_value_is_not_repeated(string mistyped, string meant)
    {
        var error = Assert.Throws<FileSystemException>(() => Read(Root, [(mistyped, Secret)]));
        Assert.Contains($"{Abfs}:{mistyped} is no setting; is it {meant}?", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("abfss")]
    [InlineData("wasb")]
    [InlineData("wasbs")]
    [InlineData("az")]
    public void There_is_one_section_for_every_azure_scheme(string scheme)
    {
        var error = Assert.Throws<FileSystemException>(() => new AzureSettings(Configure(($"Cairn:FileSystems:{scheme}:AccountKey", Secret))));
        Assert.Contains($"Cairn:FileSystems:{scheme}", error.Message, StringComparison.Ordinal);
        _ = new AzureSettings(Configure(($"Cairn:FileSystems:{scheme}:Limits:Total", "5"), ($"{Abfs}:Limits:Total", "5")));
    }

    [Theory]
    [InlineData("https://user:" + Secret + "@host")]
    [InlineData("https://host?sig=" + Secret)]
    [InlineData(Secret)]
    public void A_secret_in_an_endpoint_is_refused_and_not_repeated(string endpoint)
    {
        var error = Assert.Throws<FileSystemException>(() => Read(Root, [("Endpoint", endpoint)]));
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("None", StorageChecksumAlgorithm.None)]
    [InlineData("md5", StorageChecksumAlgorithm.MD5)]
    [InlineData("Crc64", StorageChecksumAlgorithm.StorageCrc64)]
    public void A_checksum_is_named_in_the_words_of_the_documentation(string name, StorageChecksumAlgorithm expected) =>
        Assert.Equal(expected, Read(Root, [("TransferValidation", name)]).TransferValidation);

    [Fact]
    public void The_emulators_connection_string_names_its_account() =>
        Assert.Equal("devstoreaccount1", Read("az://box/", [("ConnectionString", "UseDevelopmentStorage=true")]).AccountName);

    [Theory]
    [InlineData("ManagedIdentity", null, null)]
    [InlineData("AzureCli", null, "6d1b6f9e-0000-0000-0000-000000000002")]
    [InlineData("WorkloadIdentity", "6d1b6f9e-0000-0000-0000-000000000001", "6d1b6f9e-0000-0000-0000-000000000002")]
    [InlineData("WorkloadIdentity", null, null)]
    [InlineData("Default", null, "6d1b6f9e-0000-0000-0000-000000000002")]
    [InlineData("Default", null, null)]
    public void Identity_and_tenant_may_be_left_to_the_environment(string kind, string? clientId, string? tenantId)
    {
        (string, string?)[] settings = [("Credential", kind), ("ClientId", clientId), ("TenantId", tenantId)];
        Assert.NotNull(Read(Root, [.. settings.Where(setting => setting.Item2 is not null).Select(setting => (setting.Item1, setting.Item2!))]).Credential);
    }

    [Fact]
    public void Several_credentials_in_one_section_are_refused()
    {
        var error = Assert.Throws<FileSystemException>(() => Read(Root, [("AccountKey", Secret), ("SasToken", "sig=" + Secret)]));
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_client_among_the_services_is_used_where_nothing_else_is_configured_for_its_account()
    {
        var client = new BlobServiceClient(new Uri("https://acme.blob.core.windows.net"), new StorageSharedKeyCredential("acme", Secret));
        Assert.Same(client, new AzureSettings(Configure(), client).Of(StoragePath.Parse(Root)).Client);
        Assert.Same(client, new AzureSettings(Configure(($"{Abfs}:BlockSize", "1 MiB")), client).Of(StoragePath.Parse("az://box/")).Client);
        Assert.Null(new AzureSettings(Configure(), client).Of(StoragePath.Parse("abfss://box@other.dfs.core.windows.net/")).Client);
        Assert.Null(new AzureSettings(Configure(($"{Abfs}:AccountKey", Secret)), client).Of(StoragePath.Parse(Root)).Client);
    }

    [Fact]
    public async Task A_secret_that_is_malformed_is_not_repeated()
    {
        foreach (var (key, value) in new[]
        {
            ("ConnectionString", "AccountName=acme;" + Secret), ("ConnectionString", "AccountName=acme;AccountKey=!" + Secret), ("ConnectionString", Secret),
            ("AccountKey", "!" + Secret), ("SasToken", Secret),
        })
        {
            var error = await Assert.ThrowsAsync<FileSystemException>(async () =>
            {
                await using var fileSystem = new AzureBlobFileSystem(StoragePath.Parse(Root), Read(Root, [(key, value)]));
            });
            for (Exception? e = error; e is not null; e = e.InnerException)
                Assert.DoesNotContain(Secret, e.ToString(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("abfss://box:" + Secret + "@acme.dfs.core.windows.net/a")]
    [InlineData("abfss://box@acme.dfs.core.windows.net/a?sv=2021&sig=" + Secret)]
    [InlineData("wasbs://box@" + Secret + ":x@acme.blob.core.windows.net/a")]
    [InlineData("az://box/a?SharedAccessSignature=" + Secret)]
    public void A_secret_in_a_path_is_refused_and_not_repeated(string text)
    {
        var error = Assert.ThrowsAny<FileSystemException>(() =>
        {
            var path = StoragePath.Parse(text);
            new AzureBlobFileSystemProvider().Create(StoragePath.Create(path.Scheme, path.Authority, "/"));
        });
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_error_of_any_verb_shows_a_key_or_a_signature()
    {
        foreach (var (key, secret) in new[] { ("AccountKey", Secret), ("SasToken", "sv=2021-08-06&sig=" + Secret) })
        {
            foreach (var status in new[] { HttpStatusCode.Forbidden, HttpStatusCode.InternalServerError, HttpStatusCode.BadRequest, HttpStatusCode.NotFound })
            {
                var options = Read(Root, [(key, secret)]);
                await using var fileSystem = new AzureBlobFileSystem(StoragePath.Parse(Root), Copy(options, new Answering(status)));
                foreach (var text in await ErrorsAsync(fileSystem))
                {
                    Assert.DoesNotContain(Secret, text, StringComparison.Ordinal);
                    Assert.DoesNotContain(Uri.EscapeDataString(Secret), text, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact]
    public async Task A_host_reads_the_section_for_each_container_and_moves_by_the_uri_alone()
    {
        var store = await AzureStore.OpenAsync();
        var services = new ServiceCollection();
        var abfs = $"{Abfs}:Accounts:{store.Endpoint.AccountName}";
        services.AddCairn(Configure(($"{abfs}:AccountKey", store.Endpoint.AccountKey), ($"{abfs}:Endpoint", store.Endpoint.BlobEndpoint.ToString()), ($"{Abfs}:AccountName", store.Endpoint.AccountName)))
            .AddAzureBlobs();
        await using var provider = services.BuildServiceProvider();
        var registry = provider.GetRequiredService<FileSystemRegistry>();
        var name = $"d-{Guid.NewGuid():n}/file";
        foreach (var (root, mode) in new[]
        {
            ($"abfss://{store.Container}@{store.Endpoint.AccountName}.dfs.core.windows.net/", WriteMode.Create), ($"wasbs://{store.Container}@{store.Endpoint.AccountName}.blob.core.windows.net/", WriteMode.Overwrite),
            ($"abfs://{store.Container}@{store.Endpoint.AccountName}.dfs.core.windows.net/", WriteMode.Overwrite), ($"wasb://{store.Container}@{store.Endpoint.AccountName}.blob.core.windows.net/", WriteMode.Overwrite), ($"az://{store.Container}/", WriteMode.Overwrite),
        })
        {
            var path = StoragePath.Parse(root + name);
            await registry.Get(path).WriteAllBytesAsync(path, new byte[10], mode, Token);
            Assert.Equal(10, (await registry.Get(path).FindAsync(path, cancellationToken: Token))!.Length);
        }
    }

    private static async Task<List<string>> ErrorsAsync(AzureBlobFileSystem fileSystem)
    {
        var path = fileSystem.Root / "a";
        var texts = new List<string>();
        foreach (var verb in new Func<Task>[]
        {
            () => fileSystem.FindAsync(path, cancellationToken: Token), () => fileSystem.OpenReadAsync(path, cancellationToken: Token),
            () => fileSystem.WriteAllBytesAsync(path, new byte[3], cancellationToken: Token), () => fileSystem.CopyAsync(path, fileSystem.Root / "b", new() { Source = new() { Path = path } }, Token),
            async () => texts.AddRange((await fileSystem.DeleteAsync([path, fileSystem.Root / "b"], Token)).Select(result => $"{result.Error}")),
            () => fileSystem.DeleteTreeAsync(path, Token),
        })
        {
            if (await Record.ExceptionAsync(verb) is { } error)
                texts.Add(error.ToString());
        }
        Assert.NotEmpty(texts);
        return texts;
    }

    private static AzureBlobFileSystemOptions Copy(AzureBlobFileSystemOptions options, HttpMessageHandler handler) => new()
    {
        AccountKey = options.AccountKey,
        SasToken = options.SasToken,
        Retry = new() { Attempts = 2, FirstDelay = TimeSpan.Zero },
        Configure = settings => settings.Transport = new HttpClientTransport(new HttpClient(handler)),
    };

    private static AzureBlobFileSystemOptions Read(string root, (string Key, string Value)[] settings) =>
        new AzureSettings(Configure([.. settings.Select(setting => ($"{Abfs}:{setting.Key}", setting.Value))])).Of(StoragePath.Parse(root));

    private static IConfigurationRoot Configure(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    private sealed class Answering(HttpStatusCode status) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(status) { RequestMessage = request });
    }
}
