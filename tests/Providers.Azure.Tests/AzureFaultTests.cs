using System.Net;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Azure.Tests.AzureRequestTests;

namespace Cairn.Providers.Azure.Tests;

/// <summary>A real server behind a wire that loses answers and cuts bodies.</summary>
public sealed class AzureFaultTests
{
    private const int Block = AzureStore.Block;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_put_whose_answer_is_lost_is_found_by_its_write_id()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.LoseAnswerOf(request => request.Method == HttpMethod.Put);
        var entry = await WriteAsync(fileSystem, path, Bytes(1000), WriteMode.Create);
        Assert.Equal(["PUT", "PUT", "HEAD"], wire.Requests);
        Assert.Equal(entry, await fileSystem.FindAsync(path, cancellationToken: Token));
    }

    [Theory]
    [InlineData(nameof(WriteMode.Create))]
    [InlineData(nameof(WriteMode.Overwrite))]
    public async Task A_block_list_whose_answer_is_lost_is_settled(string mode)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.LoseAnswerOf(request => request.RequestUri!.Query.Contains("comp=blocklist", StringComparison.Ordinal));
        var entry = await WriteAsync(fileSystem, path, Bytes(Block + 100), mode == nameof(WriteMode.Create) ? WriteMode.Create : WriteMode.Overwrite);
        Assert.Equal(entry.ETag, (await fileSystem.FindAsync(path, cancellationToken: Token))!.ETag);
        Assert.Equal(Bytes(Block + 100), await ReadAsync(fileSystem, path));
    }

    [Fact]
    public async Task Blocks_that_another_writers_commit_dropped_are_a_conflict_to_write_again()
    {
        var store = await AzureStore.OpenAsync();
        await using var fileSystem = store.Open();
        var path = store.NewDirectory() / "file";
        await using var late = await fileSystem.OpenWriteAsync(path, new() { Mode = WriteMode.Overwrite }, Token);
        await late.Stream.WriteAsync(Bytes((4 * Block) + 1), Token);
        await Task.Delay(500, Token);
        await WriteAsync(fileSystem, path, Bytes(Block + 5), WriteMode.Overwrite);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => late.CommitAsync(Token));
        Assert.Equal(FileSystemErrorCode.Conflict, error.Code);
        Assert.Equal(Bytes(Block + 5), await ReadAsync(fileSystem, path));
    }

    [Fact]
    public async Task Requests_of_an_upload_that_fail_are_repeated()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.AnswerInstead(_ => true, HttpStatusCode.ServiceUnavailable);
        wire.LoseAnswerOf(_ => true);
        await WriteAsync(fileSystem, path, Bytes((2 * Block) + 1), WriteMode.Create);
        Assert.Equal(Bytes((2 * Block) + 1), await ReadAsync(fileSystem, path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_goes_on_after_the_last_byte_that_came(bool silently)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        await WriteAsync(fileSystem, path, Bytes(300_000), WriteMode.Create);
        wire.Clear();
        for (var after = 0; after < 3; after++)
            wire.CutBodyOf(request => request.Method == HttpMethod.Get, after * 50_001, silently);
        Assert.Equal(Bytes(300_000), await ReadAsync(fileSystem, path));
        Assert.Equal(4, wire.Requests.Count);
    }

    [Fact]
    public async Task A_read_that_resumes_into_another_version_says_so()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        await WriteAsync(fileSystem, path, Bytes(300_000), WriteMode.Create);
        wire.CutBodyOf(request => request.Method == HttpMethod.Get, 100_000);
        await using var stream = await fileSystem.OpenReadAsync(path, cancellationToken: Token);
        await WriteAsync(fileSystem, path, Bytes(300_001), WriteMode.Overwrite);
        await Assert.ThrowsAsync<FileChangedException>(() => stream.CopyToAsync(Stream.Null, Token));
    }

    [Fact]
    public async Task A_store_that_fails_for_long_is_unavailable_and_never_an_absent_file()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        for (var i = 0; i < 20; i++)
            wire.AnswerInstead(_ => true, HttpStatusCode.ServiceUnavailable);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(store.NewDirectory() / "file", cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.Unavailable, error.Code);
        Assert.Equal(6, wire.Requests.Count);
    }
}
