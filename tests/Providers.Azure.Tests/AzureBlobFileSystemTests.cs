using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Cairn.FileSystems;
using Cairn.FileSystems.Memory;

namespace Cairn.Providers.Azure.Tests;

/// <summary>What is Azure's own.</summary>
public sealed class AzureBlobFileSystemTests
{
    private const string Secret = "c2VjcmV0";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a\u0001b")]
    [InlineData("a\u007fb")]
    [InlineData("a\u0085b")]
    [InlineData("a\uffffb")]
    public async Task A_name_that_azure_would_not_keep_is_refused_before_a_request(string name)
    {
        await using var fileSystem = Unreachable();
        var path = fileSystem.Root / name;
        foreach (var verb in new Func<Task>[]
        {
            () => fileSystem.FindAsync(path, cancellationToken: Token), () => fileSystem.OpenReadAsync(path, cancellationToken: Token),
            () => fileSystem.OpenWriteAsync(path, cancellationToken: Token), () => fileSystem.DeleteAsync([path], Token),
        })
        {
            Assert.Equal(FileSystemErrorCode.InvalidPath, (await Assert.ThrowsAsync<FileSystemException>(verb)).Code);
        }
    }

    [Fact]
    public async Task The_server_copies_from_containers_of_its_own_account_only()
    {
        var options = new AzureBlobFileSystemOptions { AccountKey = Convert.ToBase64String(new byte[32]) };
        await using var fileSystem = new AzureBlobFileSystem(StoragePath.Parse("abfss://box@acme.dfs.core.windows.net/"), options);
        await using var sibling = new AzureBlobFileSystem(StoragePath.Parse("wasbs://other@acme.blob.core.windows.net/"), options);
        await using var stranger = new AzureBlobFileSystem(StoragePath.Parse("abfss://box@emca.dfs.core.windows.net/"), options);
        using var registry = new FileSystemRegistry([new MemoryFileSystemProvider()]);
        IFileSystem[] peers = [sibling, stranger, registry.Get(StoragePath.Parse("memory://box/"))];
        Assert.Equal([true, false, false], peers.Select(((IPeerCopy)fileSystem).CanCopyFrom));
    }

    [Fact]
    public async Task More_segments_or_characters_than_azure_takes_are_refused()
    {
        await using var fileSystem = Unreachable();
        foreach (var key in new[] { string.Join('/', Enumerable.Repeat("s", 255)), new string('x', 1025) })
        {
            var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.OpenWriteAsync(fileSystem.Root / key, cancellationToken: Token));
            Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
        }
        await using var writer = await fileSystem.OpenWriteAsync(fileSystem.Root / string.Join('/', Enumerable.Repeat("s", 254)), cancellationToken: Token);
    }

    [Theory]
    [InlineData("abfss://container@account.dfs.core.windows.net/", "https://account.blob.core.windows.net/")]
    [InlineData("wasbs://container@account.blob.core.windows.net/", "https://account.blob.core.windows.net/")]
    [InlineData("wasb://container@account.blob.core.windows.net/", "http://account.blob.core.windows.net/")]
    [InlineData("abfs://container@account.dfs.core.chinacloudapi.cn/", "https://account.blob.core.chinacloudapi.cn/")]
    public async Task The_account_is_the_hosts_first_label_and_data_lake_hosts_are_reached_as_blob_hosts(string root, string expected)
    {
        Uri? asked = null;
        var options = new AzureBlobFileSystemOptions
        {
            AccountKey = Convert.ToBase64String(new byte[32]),
            Retry = new() { Attempts = 1 },
            Configure = settings => settings.Transport = new HttpClientTransport(new HttpClient(new Recorder(uri => asked = uri))),
        };
        await using var fileSystem = new AzureBlobFileSystemProvider(options).Create(StoragePath.Parse(root));
        await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(fileSystem.Root / "file", cancellationToken: Token));
        Assert.Equal(new Uri(new Uri(expected), "container/file"), asked);
    }

    [Fact]
    public void What_is_missing_to_reach_an_account_is_said()
    {
        var noAccount = Assert.Throws<FileSystemException>(() => new AzureBlobFileSystem(
            StoragePath.Parse("az://box/"), new AzureBlobFileSystemOptions { AccountKey = Convert.ToBase64String(new byte[32]), Endpoint = new("https://blobs.example") }));
        Assert.Contains("AccountName", noAccount.Message, StringComparison.Ordinal);
        var noCredential = Assert.Throws<FileSystemException>(() => new AzureBlobFileSystem(StoragePath.Parse("az://box/"), new AzureBlobFileSystemOptions { Endpoint = new("http://127.0.0.1:10000/acme") }));
        Assert.Contains("TLS", noCredential.Message, StringComparison.Ordinal);
        foreach (var endpoint in new[] { "https://acme.example?sig=" + Secret, $"https://user:{Secret}@acme.example" })
        {
            var secret = Assert.Throws<FileSystemException>(() => new AzureBlobFileSystem(StoragePath.Parse("az://box/"), new AzureBlobFileSystemOptions { Endpoint = new(endpoint) }));
            Assert.Contains("SasToken", secret.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Secret, secret.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_account_by_name_alone_is_reached_where_azure_has_it()
    {
        Uri? asked = null;
        var options = new AzureBlobFileSystemOptions
        {
            AccountName = "acme",
            AccountKey = Convert.ToBase64String(new byte[32]),
            Retry = new() { Attempts = 1 },
            Configure = settings => settings.Transport = new HttpClientTransport(new HttpClient(new Recorder(uri => asked = uri))),
        };
        await using var fileSystem = new AzureBlobFileSystem(StoragePath.Parse("az://box/"), options);
        await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(fileSystem.Root / "a", cancellationToken: Token));
        Assert.Equal(new Uri("https://acme.blob.core.windows.net/box/a"), asked);
    }

    [Theory]
    [InlineData("az://container/")]
    [InlineData("abfss:/")]
    [InlineData("abfss://Container@account.host/")]
    [InlineData("abfss://@account.host/")]
    public void An_authority_without_a_container_or_an_account_is_refused(string root)
    {
        var error = Assert.Throws<FileSystemException>(() => new AzureBlobFileSystemProvider().Create(StoragePath.Parse(root)));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
    }

    [Fact]
    public async Task Without_options_it_is_the_account_that_the_path_names()
    {
        var root = StoragePath.Parse("abfss://box@acme.dfs.core.windows.net/");
        await using var fileSystem = new AzureBlobFileSystem(root);
        Assert.Equal(root, fileSystem.Root);
        Assert.True(fileSystem.Capabilities.ServerSideCopy);
    }

    [Fact]
    public async Task A_connection_string_and_a_client_are_taken_as_the_account()
    {
        var store = await AzureStore.OpenAsync();
        var root = StoragePath.Parse($"az://{store.Container}/");
        foreach (var options in new AzureBlobFileSystemOptions[]
        {
            new() { ConnectionString = store.Endpoint.ConnectionString },
            new() { Client = new BlobServiceClient(store.Endpoint.ConnectionString) },
        })
        {
            await using var fileSystem = new AzureBlobFileSystem(root, options);
            Assert.Null(await fileSystem.FindAsync(root / "absent", cancellationToken: Token));
        }
    }

    [Fact]
    public async Task A_missing_container_is_named()
    {
        var store = await AzureStore.OpenAsync();
        await using var fileSystem = store.Open(container: "no-such-container");
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(fileSystem.Root / "file", cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.NotFound, error.Code);
        Assert.Contains("no-such-container", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.RequestId);
    }

    private static AzureBlobFileSystem Unreachable() => new(
        StoragePath.Parse("abfs://container@account.host.invalid/"), new AzureBlobFileSystemOptions { AccountKey = Convert.ToBase64String(new byte[32]) });

    private sealed class Recorder(Action<Uri?> seen) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen(request.RequestUri);
            return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.Forbidden));
        }
    }
}
