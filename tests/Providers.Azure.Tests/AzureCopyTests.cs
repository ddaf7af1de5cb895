using System.Net;
using Azure.Storage.Blobs.Specialized;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Azure.Tests;

/// <summary>Copies that Azure does not make at once; the server here always does, so its answers are changed on their way.</summary>
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
}
