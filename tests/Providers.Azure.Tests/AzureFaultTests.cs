using System.Net;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Azure.Tests;

/// <summary>Faults that take their own shape here: uploads in parts, and what the server says in its own words.</summary>
public sealed class AzureFaultTests : HttpFaultTests
{
    private const int Block = AzureStore.Block;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

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

    private protected override async Task<IFileSystem> OpenAsync(HttpWire wire) => (await AzureStore.OpenAsync()).Open(wire);
}
