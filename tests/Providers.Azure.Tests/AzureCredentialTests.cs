using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Cairn.FileSystems;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Azure.Tests;

/// <summary>What goes over the wire for each setting; where the server here cannot check it, the headers are looked at.</summary>
public sealed class AzureCredentialTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_is_sent_with_every_request_and_with_every_one_inside_a_batch()
    {
        var wire = new Recorder();
        await using var fileSystem = Open(wire, new() { Credential = new OneToken() });
        await Record.ExceptionAsync(() => fileSystem.FindAsync(fileSystem.Root / "a", cancellationToken: Token));
        await Record.ExceptionAsync(() => WriteAsync(fileSystem, fileSystem.Root / "a", Bytes(10), WriteMode.Create));
        await Record.ExceptionAsync(() => fileSystem.OpenReadAsync(fileSystem.Root / "a", cancellationToken: Token));
        await fileSystem.DeleteAsync([fileSystem.Root / "a", fileSystem.Root / "b"], Token);
        Assert.All(wire.Requests, request => Assert.Equal("Bearer the-token", request.Headers["Authorization"]));
        var batch = Assert.Single(wire.Requests, request => request.Method == "POST").Body;
        Assert.Equal(2, batch.Split("Authorization: Bearer the-token\r\n").Length - 1);
        Assert.Equal(2, batch.Split("DELETE /container/").Length - 1);
        // A version of its own is not allowed inside a batch.
        Assert.DoesNotContain("x-ms-version", batch, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_never_sent_without_tls()
    {
        var options = new AzureBlobFileSystemOptions { Credential = new OneToken() };
        var error = Assert.Throws<FileSystemException>(() => new AzureBlobFileSystem(StoragePath.Parse("wasb://container@account.blob.core.windows.net/"), options));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Tier_scope_and_checksum_are_sent_with_what_is_written()
    {
        var wire = new Recorder();
        await using var fileSystem = Open(wire, new()
        {
            AccountKey = Convert.ToBase64String(new byte[32]),
            AccessTier = global::Azure.Storage.Blobs.Models.AccessTier.Cool,
            EncryptionScope = "scope",
            TransferValidation = global::Azure.Storage.StorageChecksumAlgorithm.MD5,
            Blocks = new() { PartSize = 10, MaxParts = 50_000 },
        });
        await Record.ExceptionAsync(() => WriteAsync(fileSystem, fileSystem.Root / "put", Bytes(10), WriteMode.Create));
        await Record.ExceptionAsync(() => WriteAsync(fileSystem, fileSystem.Root / "blocks", Bytes(20), WriteMode.Create));
        var put = wire.Requests.First(request => request.Target.EndsWith("/put", StringComparison.Ordinal));
        var block = wire.Requests.First(request => request.Target.Contains("comp=block&", StringComparison.Ordinal));
        Assert.Equal(("Cool", "scope", "*"), (put.Headers["x-ms-access-tier"], put.Headers["x-ms-encryption-scope"], put.Headers["If-None-Match"]));
        Assert.Contains("Content-MD5", put.Headers.Keys);
        Assert.Contains("Content-MD5", block.Headers.Keys);
        Assert.Equal("scope", block.Headers["x-ms-encryption-scope"]);
    }

    [Fact]
    public async Task A_copy_carries_the_signature_of_its_source_where_that_is_how_access_is_proved()
    {
        foreach (var (options, hasSignature) in new[] { (new AzureBlobFileSystemOptions { SasToken = "sv=1&sig=abc" }, true), (new AzureBlobFileSystemOptions { AccountKey = Convert.ToBase64String(new byte[32]) }, false) })
        {
            var wire = new Recorder();
            await using var fileSystem = Open(wire, options);
            var source = new FileEntry { Path = fileSystem.Root / "a", Length = 1 };
            await Record.ExceptionAsync(() => fileSystem.CopyAsync(source.Path, fileSystem.Root / "b", new() { Source = source }, Token));
            Assert.Equal(hasSignature, wire.Requests[0].Headers["x-ms-copy-source"].Contains("sig=abc", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_injected_client_is_used_as_it_is_and_stays_the_callers()
    {
        var wire = new Recorder();
        var settings = new BlobClientOptions { Transport = new HttpClientTransport(new HttpClient(wire)) };
        var client = new BlobServiceClient(new Uri("https://mine.example"), settings);
        await using (var fileSystem = new AzureBlobFileSystem(StoragePath.Parse("abfss://container@account.dfs.core.windows.net/"), new AzureBlobFileSystemOptions { Client = client, Retry = new() { Attempts = 1 } }))
            await Record.ExceptionAsync(() => fileSystem.FindAsync(fileSystem.Root / "a", cancellationToken: Token));
        Assert.Equal("https://mine.example/container/a", wire.Requests[0].Target);
        var calls = wire.Requests.Count;
        await Record.ExceptionAsync(() => client.GetBlobContainerClient("x").ExistsAsync(Token));
        Assert.True(wire.Requests.Count > calls);
    }

    private static AzureBlobFileSystem Open(Recorder wire, AzureBlobFileSystemOptions options) => new(
        StoragePath.Parse("abfss://container@account.dfs.core.windows.net/"), new AzureBlobFileSystemOptions
        {
            Credential = options.Credential,
            AccountKey = options.AccountKey,
            SasToken = options.SasToken,
            AccessTier = options.AccessTier,
            EncryptionScope = options.EncryptionScope,
            TransferValidation = options.TransferValidation,
            Blocks = options.Blocks,
            Retry = new() { Attempts = 1 },
            Configure = settings => settings.Transport = new HttpClientTransport(new HttpClient(wire)),
        });

    private sealed class OneToken : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => new("the-token", DateTimeOffset.MaxValue);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }

    private sealed record Sent(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

    /// <summary>Accepts whatever comes, without meaning it.</summary>
    private sealed class Recorder : HttpMessageHandler
    {
        public List<Sent> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            var headers = request.Headers.Concat(request.Content?.Headers.AsEnumerable() ?? []).ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
            lock (Requests)
                Requests.Add(new(request.Method.Method, request.RequestUri!.ToString(), headers, body));
            return new HttpResponseMessage(request.RequestUri.Query.Contains("comp=block&", StringComparison.Ordinal) ? HttpStatusCode.Created : HttpStatusCode.Accepted) { RequestMessage = request };
        }
    }
}
