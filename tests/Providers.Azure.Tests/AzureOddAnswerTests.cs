using System.Net;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs;
using Cairn.FileSystems;
using Cairn.Providers.Azure.Tests.Batches;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Azure.Tests;

/// <summary>Answers that Azure gives rarely, or only something on the way to it.</summary>
public sealed class AzureOddAnswerTests
{
    private const int MoreThanAnyRetries = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_listing_that_is_no_xml_is_asked_for_again_and_then_a_transient_error()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        await WriteAsync(fileSystem, directory / "file", Bytes(1), WriteMode.Create);
        wire.AnswerInstead(request => request.Method == HttpMethod.Get, HttpStatusCode.OK, "<html>Please sign in");
        Assert.Equal([directory / "file"], await ListAsync(fileSystem, directory));
        for (var n = 0; n < MoreThanAnyRetries; n++)
            wire.AnswerInstead(request => request.Method == HttpMethod.Get, HttpStatusCode.OK, "<html>Please sign in");
        var error = await Assert.ThrowsAsync<FileSystemException>(() => ListAsync(fileSystem, directory));
        Assert.Equal((FileSystemErrorCode.Unavailable, true), (error.Code, error.IsTransient));
    }

    [Fact]
    public async Task A_store_that_throttles_is_asked_again_as_long_as_the_budget_lasts()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        var delay = TimeSpan.FromMilliseconds(20);
        await using var fileSystem = new AzureBlobFileSystem(store.Root, new AzureBlobFileSystemOptions
        {
            ConnectionString = store.Endpoint.ConnectionString,
            Retry = new() { Attempts = 10_000, FirstDelay = delay, LongestDelay = delay, Budget = TimeSpan.FromMilliseconds(300) },
            Configure = settings => settings.Transport = new HttpClientTransport(new HttpClient(wire)),
        });
        for (var n = 0; n < 10_000; n++)
            wire.AnswerInstead(_ => true, HttpStatusCode.ServiceUnavailable, "<Error><Code>ServerBusy</Code></Error>");
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.OpenReadAsync(store.NewDirectory() / "file", cancellationToken: Token));
        Assert.Equal((FileSystemErrorCode.Throttled, true), (error.Code, error.IsTransient));
        Assert.InRange(wire.Requests.Count, 2, 9_999);
    }

    [Theory]
    [InlineData(true, FileSystemErrorCode.Unavailable)]
    [InlineData(false, FileSystemErrorCode.Unknown)]
    public async Task What_goes_wrong_below_the_sdk_is_transient_when_it_is_the_connection(bool isConnection, FileSystemErrorCode expected)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        for (var n = 0; n < MoreThanAnyRetries; n++)
            wire.Next(_ => true, (_, _, _) => throw new AggregateException(isConnection ? new IOException("the test cut it") : new InvalidOperationException("a handler's mistake")));
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(store.NewDirectory() / "file", cancellationToken: Token));
        Assert.Equal(expected, error.Code);
        Assert.Equal(isConnection ? 6 : 1, wire.Requests.Count);
    }

    /// <summary>The SDK would dispose of the body on the thread that cancels, while another one reads it.</summary>
    [Fact]
    public async Task A_body_is_not_disposed_of_while_it_is_read_when_its_request_is_cancelled()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var body = new SlowlyEndingStream();
        wire.Next(_ => true, (_, request, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request, Content = new StreamContent(body) }));
        var listing = fileSystem.ListAsync(store.NewDirectory(), cancellationToken: cancelled.Token).ToListAsync(Token).AsTask();
        await body.IsRead.WaitAsync(Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
        Assert.Equal((true, false), (body.IsDisposed, body.WasDisposedWhileRead));
    }

    [Fact]
    public async Task An_identity_that_this_machine_has_not_is_said_so_without_a_request()
    {
        var wire = new HttpWire();
        await using var fileSystem = new AzureBlobFileSystem(StoragePath.Parse("abfss://box@acme.dfs.core.windows.net/"), new AzureBlobFileSystemOptions
        {
            Credential = new NoIdentity(),
            Configure = settings => settings.Transport = new HttpClientTransport(new HttpClient(wire)),
        });
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(fileSystem.Root / "file", cancellationToken: Token));
        Assert.Equal((FileSystemErrorCode.Unauthenticated, false), (error.Code, error.IsTransient));
        Assert.Contains("No identity here.", error.Message, StringComparison.Ordinal);
        Assert.Empty(wire.Requests);
    }

    [Fact]
    public async Task Parts_of_a_batch_that_say_no_number_are_told_by_their_order_when_none_is_missing()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        wire.AnswerBatch("b", $"{Part(202)}{Part(403, "AuthorizationPermissionMismatch")}{Part(404, "BlobNotFound")}--b--\r\n");
        var results = await fileSystem.DeleteAsync([directory / "a", directory / "b", directory / "c"], Token);
        Assert.Equal([null, FileSystemErrorCode.PermissionDenied, null], results.Select(result => result.Error?.Code));
        Assert.Single(wire.Requests);
    }

    [Fact]
    public async Task A_proxy_that_knows_no_batches_is_gone_around_with_single_requests()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        await WriteAsync(fileSystem, directory / "a", Bytes(1), WriteMode.Create);
        wire.AnswerInstead(BatchWire.IsBatch, HttpStatusCode.NotFound);
        wire.Clear();
        Assert.All(await fileSystem.DeleteAsync([directory / "a", directory / "b"], Token), result => Assert.Null(result.Error));
        Assert.Equal(["POST comp restype", "DELETE", "DELETE"], wire.Requests);
        Assert.Empty(await ListAsync(fileSystem, directory));
    }

    [Fact]
    public async Task A_batch_that_a_busy_server_turns_away_is_sent_again_as_a_batch()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        wire.AnswerInstead(BatchWire.IsBatch, HttpStatusCode.ServiceUnavailable, "<Error><Code>ServerBusy</Code></Error>");
        var directory = store.NewDirectory();
        Assert.All(await fileSystem.DeleteAsync([directory / "a", directory / "b"], Token), result => Assert.Null(result.Error));
        Assert.Equal(["POST comp restype", "POST comp restype"], wire.Requests);
    }

    [Theory]
    [InlineData("a/../b")]
    [InlineData("a/./b")]
    [InlineData("a\u0001b/")]
    public async Task A_listed_key_that_the_client_would_change_is_not_deleted_and_said_so_while_the_others_are(string key)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var file = store.NewDirectory() / "file";
        await WriteAsync(fileSystem, file, Bytes(1), WriteMode.Create);
        wire.Clear();
        var odd = StoragePath.FromKey(fileSystem.Root, key);
        Assert.False(odd.IsAddressable);
        var results = await fileSystem.DeleteAsync([odd, file, odd], Token);
        Assert.Equal([FileSystemErrorCode.InvalidPath, null, FileSystemErrorCode.InvalidPath], results.Select(result => result.Error?.Code));
        Assert.Equal(["DELETE"], wire.Requests);
    }

    [Theory]
    [InlineData("CannotVerifyCopySource")]
    [InlineData("BlobNotFound")]
    public async Task A_known_source_that_is_gone_is_not_found_and_named(string code)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        wire.AnswerInstead(request => request.Method == HttpMethod.Put, HttpStatusCode.NotFound, $"<Error><Code>{code}</Code></Error>");
        var source = new FileEntry { Path = directory / "gone", Length = 5 };
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.CopyAsync(source.Path, directory / "copy", new() { Source = source }, Token));
        Assert.Equal((FileSystemErrorCode.NotFound, source.Path), (error.Code, error.Path));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "BlobNotFound")]
    [InlineData(HttpStatusCode.PreconditionFailed, "ConditionNotMet")]
    public async Task What_a_failed_copy_left_may_have_been_removed_by_another(HttpStatusCode status, string code)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        var source = await WriteAsync(fileSystem, directory / "source", Bytes(100), WriteMode.Create);
        foreach (var (method, state) in new[] { (HttpMethod.Put, "pending"), (HttpMethod.Head, "failed") })
        {
            wire.Next(request => request.Method == method, async (inner, request, cancellationToken) =>
            {
                var answer = await inner.PassAsync(request, cancellationToken);
                answer.Headers.Remove("x-ms-copy-status");
                answer.Headers.Add("x-ms-copy-status", state);
                return answer;
            });
        }
        wire.AnswerInstead(request => request.Method == HttpMethod.Delete, status, $"<Error><Code>{code}</Code></Error>");
        wire.Clear();
        await fileSystem.CopyAsync(source.Path, directory / "copy", new() { Mode = WriteMode.Overwrite, Source = source }, Token);
        Assert.Equal(["PUT", "HEAD", "DELETE", "PUT"], wire.Requests);
        Assert.Equal(Bytes(100), await ReadAsync(fileSystem, directory / "copy"));
    }

    [Fact]
    public async Task A_commit_that_meets_copies_to_its_name_again_and_again_publishes_nothing_and_says_that_it_may_be_tried_again()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        for (var n = 0; n < MoreThanAnyRetries; n++)
            wire.AnswerInstead(request => request.Method == HttpMethod.Put, HttpStatusCode.Conflict, "<Error><Code>PendingCopyOperation</Code></Error>");
        wire.Clear();
        var error = await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, path, Bytes(10), WriteMode.Overwrite));
        Assert.Equal(FileSystemErrorCode.Conflict, error.Code);
        Assert.Equal("HEAD", wire.Requests.Last());
        Assert.Null(await fileSystem.FindAsync(path, cancellationToken: Token));
    }

    [Fact]
    public async Task A_stand_in_for_a_client_that_cannot_sign_deletes_one_by_one()
    {
        await using var fileSystem = new AzureBlobFileSystem(StoragePath.Parse("az://box/"), new AzureBlobFileSystemOptions { Client = new StandIn(), Retry = new() { Attempts = 1 } });
        var results = await fileSystem.DeleteAsync([fileSystem.Root / "a", fileSystem.Root / "b"], Token);
        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.Equal(FileSystemErrorCode.Unavailable, result.Error?.Code));
    }

    private static string Part(int status, string? code = null) =>
        $"--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 {status} X\r\n{(code is null ? "" : $"x-ms-error-code: {code}\r\n")}\r\n";

    private static async Task<List<StoragePath>> ListAsync(AzureBlobFileSystem fileSystem, StoragePath directory)
    {
        var found = new List<StoragePath>();
        await foreach (var entry in fileSystem.ListAsync(directory, cancellationToken: Token))
            found.Add(entry.Path);
        return found;
    }

    private sealed class NoIdentity : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => throw new CredentialUnavailableException("No identity here.\nAnd more.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) => new(GetToken(requestContext, cancellationToken));
    }

    /// <summary>As somebody's mock of the client is: the constructor that the SDK has for it.</summary>
    private sealed class StandIn : BlobServiceClient
    {
        public override BlobContainerClient GetBlobContainerClient(string blobContainerName) =>
            new(new Uri("http://127.0.0.1:1/account/" + blobContainerName), new BlobClientOptions { Retry = { MaxRetries = 0 } });
    }
}
