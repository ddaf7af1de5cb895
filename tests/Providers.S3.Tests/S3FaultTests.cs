using System.Net;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.S3.Tests.S3RequestTests;

namespace Cairn.Providers.S3.Tests;

/// <summary>A real server behind a wire that loses answers and cuts bodies.</summary>
public sealed class S3FaultTests
{
    private const int Part = 5 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_put_whose_answer_is_lost_is_found_by_its_write_id()
    {
        var (store, wire) = (await S3Store.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.LoseAnswerOf(request => request.Method == HttpMethod.Put);
        var entry = await WriteAsync(fileSystem, path, Bytes(1000), WriteMode.Create);
        Assert.Equal(["PUT", "PUT", "HEAD"], wire.Requests);
        Assert.Equal(entry, await fileSystem.FindAsync(path, cancellationToken: Token));
    }

    [Fact]
    public async Task A_replace_whose_answer_is_lost_is_found_by_its_write_id()
    {
        var (store, wire) = (await S3Store.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        var first = await WriteAsync(fileSystem, path, Bytes(1000), WriteMode.Create);
        wire.LoseAnswerOf(request => request.Method == HttpMethod.Put);
        var second = await WriteAsync(fileSystem, path, Bytes(2000), WriteMode.Replace(first.ETag!));
        Assert.Equal(2000, second.Length);
        Assert.Equal(Bytes(2000), await ReadAsync(fileSystem, path));
    }

    [Fact]
    public async Task A_completion_whose_answer_is_lost_is_settled()
    {
        var (store, wire) = (await S3Store.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.LoseAnswerOf(request => request.Method == HttpMethod.Post && request.RequestUri!.Query.Contains("uploadId", StringComparison.Ordinal));
        var entry = await WriteAsync(fileSystem, path, Bytes(Part + 100), WriteMode.Overwrite);
        Assert.Equal(entry.ETag, (await fileSystem.FindAsync(path, cancellationToken: Token))!.ETag);
        Assert.Equal(Bytes(Part + 100), await ReadAsync(fileSystem, path));
    }

    [Fact]
    public async Task Requests_of_an_upload_that_fail_are_repeated()
    {
        var (store, wire) = (await S3Store.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.AnswerInstead(_ => true, HttpStatusCode.ServiceUnavailable, "<Error><Code>SlowDown</Code></Error>");
        wire.LoseAnswerOf(request => request.Method == HttpMethod.Put);
        wire.AnswerInstead(request => request.Method == HttpMethod.Put, HttpStatusCode.InternalServerError);
        await WriteAsync(fileSystem, path, Bytes((2 * Part) + 1), WriteMode.Overwrite);
        Assert.Equal(Bytes((2 * Part) + 1), await ReadAsync(fileSystem, path));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_goes_on_after_the_last_byte_that_came(bool silently)
    {
        var (store, wire) = (await S3Store.OpenAsync(), new HttpWire());
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
        var (store, wire) = (await S3Store.OpenAsync(), new HttpWire());
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
        var (store, wire) = (await S3Store.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        for (var i = 0; i < 20; i++)
            wire.AnswerInstead(_ => true, HttpStatusCode.ServiceUnavailable);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(store.NewDirectory() / "file", cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.Unavailable, error.Code);
        Assert.True(error.IsTransient);
        Assert.Equal(6, wire.Requests.Count);
    }

    [Fact]
    public async Task A_commit_that_is_cancelled_while_it_waits_for_its_answer_is_committed_all_the_same()
    {
        var (store, wire) = (await S3Store.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        using var cancelled = new CancellationTokenSource();
        wire.Next(request => request.Method == HttpMethod.Put, async (wire, request, cancellationToken) =>
        {
            await cancelled.CancelAsync();
            return await wire.PassAsync(request, cancellationToken);
        });
        await using var writer = await fileSystem.OpenWriteAsync(path, cancellationToken: Token);
        await writer.Stream.WriteAsync(Bytes(10), Token);
        var entry = await writer.CommitAsync(cancelled.Token);
        Assert.Equal(entry.ETag, (await fileSystem.FindAsync(path, cancellationToken: Token))!.ETag);
    }

    [Fact]
    public async Task A_put_that_the_server_will_not_take_is_refused_at_once_and_not_unknown()
    {
        var (store, wire) = (await S3Store.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        wire.AnswerInstead(_ => true, HttpStatusCode.BadRequest, "<Error><Code>InvalidArgument</Code><Message>no</Message></Error>");
        var error = await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, store.NewDirectory() / "file", Bytes(10), WriteMode.Create));
        Assert.Equal(FileSystemErrorCode.Unknown, error.Code);
        Assert.Equal(["PUT"], wire.Requests);
    }

    [Fact]
    public async Task A_connection_that_the_server_lost_the_thread_of_is_tried_again()
    {
        var (store, wire) = (await S3Store.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.AnswerInstead(_ => true, HttpStatusCode.BadRequest);
        await WriteAsync(fileSystem, path, Bytes(10), WriteMode.Create);
        wire.AnswerInstead(_ => true, HttpStatusCode.BadRequest);
        Assert.Equal(Bytes(10), await ReadAsync(fileSystem, path));
        Assert.Equal(["PUT", "PUT", "GET", "GET"], wire.Requests);
    }
}
