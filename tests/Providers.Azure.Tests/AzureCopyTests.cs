using System.Net;
using Azure.Storage.Blobs.Specialized;
using Cairn.Faults;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Azure.Tests;

/// <summary>
/// Copies on the server's side, also from container to container, and those that Azure does not make at once; the server here always does, so its answers are
/// changed on their way.
/// </summary>
public sealed class AzureCopyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_that_is_under_way_is_awaited()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var (source, copy) = await PrepareAsync(store, fileSystem);
        Say(wire, HttpMethod.Put, "pending");
        Say(wire, HttpMethod.Head, "pending");
        Say(wire, HttpMethod.Head, "pending");
        wire.Clear();
        var entry = await fileSystem.CopyAsync(source.Path, copy, new() { Source = source }, Token);
        Assert.Equal("PUT, HEAD, HEAD, HEAD", string.Join(", ", wire.Requests));
        Assert.Equal(entry, await fileSystem.FindAsync(copy, cancellationToken: Token));
        Assert.Equal(Bytes(1000), await ReadAsync(fileSystem, copy));
    }

    [Theory]
    [InlineData("failed")]
    [InlineData("aborted")]
    public async Task What_a_failed_copy_left_is_removed_and_the_copy_is_made_again(string end)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var (source, copy) = await PrepareAsync(store, fileSystem);
        Say(wire, HttpMethod.Put, "pending");
        Say(wire, HttpMethod.Head, end);
        wire.Clear();
        await fileSystem.CopyAsync(source.Path, copy, new() { Source = source }, Token);
        Assert.Equal("PUT, HEAD, DELETE, PUT", string.Join(", ", wire.Requests));
        Assert.Equal(Bytes(1000), await ReadAsync(fileSystem, copy));
    }

    [Fact]
    public async Task A_copy_whose_answer_is_lost_counts_only_when_it_has_ended()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var (source, copy) = await PrepareAsync(store, fileSystem);
        wire.LoseAnswerOf(request => request.Method == HttpMethod.Put);
        Say(wire, HttpMethod.Head, "pending");
        wire.Clear();
        await fileSystem.CopyAsync(source.Path, copy, new() { Source = source }, Token);
        Assert.Equal("PUT, PUT, HEAD, HEAD", string.Join(", ", wire.Requests));
        Assert.Equal(Bytes(1000), await ReadAsync(fileSystem, copy));
    }

    [Theory]
    [InlineData("copy")]
    [InlineData("put")]
    [InlineData("empty put")]
    [InlineData("blocks")]
    public async Task Blocks_that_nobody_committed_take_no_name(string how)
    {
        var store = await AzureStore.OpenAsync();
        await using var fileSystem = store.Open();
        var (source, path) = await PrepareAsync(store, fileSystem);
        await store.RawClient().GetBlockBlobClient(path.Key).StageBlockAsync(Convert.ToBase64String(new byte[48]), new MemoryStream(new byte[10]), cancellationToken: Token);
        var expected = how switch { "empty put" => [], "blocks" => Bytes(AzureStore.Block + 1), _ => Bytes(1000) };
        Task<FileEntry> Create() => how == "copy" ? fileSystem.CopyAsync(source.Path, path, cancellationToken: Token) : WriteAsync(fileSystem, path, expected, WriteMode.Create);
        var entry = await Create();
        Assert.Equal(entry.ETag, (await fileSystem.FindAsync(path, cancellationToken: Token))!.ETag);
        Assert.Equal(expected, await ReadAsync(fileSystem, path));
        Assert.Equal(FileSystemErrorCode.AlreadyExists, (await Assert.ThrowsAsync<FileSystemException>(Create)).Code);
    }

    [Fact]
    public async Task Between_two_containers_of_an_account_the_server_copies_in_one_request_also_behind_layers()
    {
        var (store, wire, sourceWire) = (await AzureStore.OpenAsync(), new HttpWire(), new HttpWire());
        await using IFileSystem from = new ConcurrencyLimitLayer(new TelemetryLayer(store.Open(sourceWire)), new() { Total = 1 });
        await using var to = new ConcurrencyLimitLayer(new TelemetryLayer(store.Open(wire, container: await store.AnotherContainerAsync())), new() { Total = 1 });
        var source = await WriteAsync(from, store.NewDirectory() / "odd name #1%", Bytes(1000), WriteMode.Create);
        var copy = to.Root / "copies" / $"{Guid.NewGuid():n}";
        sourceWire.Clear();
        var entry = await from.CopyToAsync(source.Path, to, copy, new() { Source = source }, Token);
        Assert.Equal(["PUT"], wire.Requests);
        Assert.Empty(sourceWire.Requests);
        Assert.Equal(entry with { LastModified = null }, await to.FindAsync(copy, cancellationToken: Token) is { } found ? found with { LastModified = null } : null);
        Assert.Equal(Bytes(1000), await ReadAsync(to, copy));

        var taken = await Assert.ThrowsAsync<FileSystemException>(() => from.CopyToAsync(source.Path, to, copy, cancellationToken: Token));
        Assert.Equal((FileSystemErrorCode.AlreadyExists, copy), (taken.Code, taken.Path));
        var absent = await Assert.ThrowsAsync<FileSystemException>(() => from.CopyToAsync(store.NewDirectory() / "absent", to, copy, cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.NotFound, absent.Code);
        var changed = await Assert.ThrowsAsync<FileSystemException>(
            () => from.CopyToAsync(source.Path, to, copy, new() { Mode = WriteMode.Overwrite, Source = source with { ETag = "0x1" } }, Token));
        Assert.Equal((FileSystemErrorCode.PreconditionFailed, source.Path), (changed.Code, changed.Path));
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "CannotVerifyCopySource")]
    [InlineData(HttpStatusCode.Forbidden, "AuthorizationPermissionMismatch")]
    [InlineData(HttpStatusCode.Unauthorized, "NoAuthenticationInformation")]
    public async Task What_one_container_may_not_read_of_the_other_passes_through_this_process(HttpStatusCode status, string code)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var from = store.Open();
        await using var to = store.Open(wire, container: await store.AnotherContainerAsync());
        var source = await WriteAsync(from, store.NewDirectory() / "file", Bytes(1000), WriteMode.Create);
        var copy = to.Root / $"{Guid.NewGuid():n}";
        wire.AnswerInstead(request => request.Method == HttpMethod.Put, status, $"<Error><Code>{code}</Code></Error>");
        await from.CopyToAsync(source.Path, to, copy, cancellationToken: Token);
        Assert.Equal(["PUT", "PUT"], wire.Requests);
        Assert.Equal(Bytes(1000), await ReadAsync(to, copy));
    }

    [Fact]
    public async Task Another_account_or_a_wrapper_that_may_change_bytes_is_read_by_this_process()
    {
        var store = await AzureStore.OpenAsync();
        var another = await store.AnotherContainerAsync();
        var source = store.NewDirectory() / "file";
        await using var from = store.Open();
        await WriteAsync(from, source, Bytes(1000), WriteMode.Create);
        // The same server at another address is another account to whoever only sees the address.
        await using var proxy = FaultProxy.Start(store.Endpoint.BlobEndpoint);
        await using var far = store.Open(endpoint: proxy.Address);
        await using var wrapped = new Wrapper(store.Open());
        foreach (IFileSystem origin in new IFileSystem[] { far, wrapped })
        {
            var wire = new HttpWire();
            wire.Next(request => request.Headers.Contains("x-ms-copy-source"), (_, _, _) => throw new InvalidOperationException("A copy was tried."));
            await using var to = store.Open(wire, container: another);
            var copy = to.Root / $"{Guid.NewGuid():n}";
            await origin.CopyToAsync(source, to, copy, cancellationToken: Token);
            Assert.Equal(Bytes(1000), await ReadAsync(to, copy));
            Assert.Equal(["PUT", "GET"], wire.Requests);
        }
    }

    [Fact]
    public async Task A_source_that_may_not_be_read_is_forbidden_and_not_absent()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var (source, copy) = await PrepareAsync(store, fileSystem);
        wire.AnswerInstead(request => request.Method == HttpMethod.Put, HttpStatusCode.Forbidden, "<Error><Code>CannotVerifyCopySource</Code></Error>");
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.CopyAsync(source.Path, copy, new() { Source = source }, Token));
        Assert.Equal(FileSystemErrorCode.PermissionDenied, error.Code);
    }

    /// <summary>The next request with this method is answered as the server does, but for the state of the copy.</summary>
    private static void Say(HttpWire wire, HttpMethod method, string status) => wire.Next(request => request.Method == method, async (inner, request, cancellationToken) =>
    {
        var answer = await inner.PassAsync(request, cancellationToken);
        Assert.True(answer.Headers.Remove("x-ms-copy-status") || answer.StatusCode != HttpStatusCode.OK);
        answer.Headers.Add("x-ms-copy-status", status);
        return answer;
    });

    private static async Task<(FileEntry Source, StoragePath Copy)> PrepareAsync(AzureStore store, IFileSystem fileSystem)
    {
        var directory = store.NewDirectory();
        return (await WriteAsync(fileSystem, directory / "source", Bytes(1000), WriteMode.Create), directory / "copy");
    }

    private sealed class Wrapper(IFileSystem inner) : FileSystemLayer(inner);
}
