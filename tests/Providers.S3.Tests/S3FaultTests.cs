using System.Net;
using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>Faults that take their own shape here: uploads in parts, and what the server says in its own words.</summary>
public abstract class S3FaultTests(S3ServerKind server) : HttpFaultTests
{
    private const int Part = 5 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replace_whose_answer_is_lost_is_found_by_its_write_id()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
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
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
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
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.AnswerInstead(_ => true, HttpStatusCode.ServiceUnavailable, "<Error><Code>SlowDown</Code></Error>");
        wire.LoseAnswerOf(request => request.Method == HttpMethod.Put);
        wire.AnswerInstead(request => request.Method == HttpMethod.Put, HttpStatusCode.InternalServerError);
        await WriteAsync(fileSystem, path, Bytes((2 * Part) + 1), WriteMode.Overwrite);
        Assert.Equal(Bytes((2 * Part) + 1), await ReadAsync(fileSystem, path));
    }

    [Fact]
    public async Task A_commit_that_is_cancelled_while_it_waits_for_its_answer_is_committed_all_the_same()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
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
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        wire.AnswerInstead(_ => true, HttpStatusCode.BadRequest, "<Error><Code>InvalidArgument</Code><Message>no</Message></Error>");
        var error = await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, store.NewDirectory() / "file", Bytes(10), WriteMode.Create));
        Assert.Equal(FileSystemErrorCode.Unknown, error.Code);
        Assert.Equal(["PUT"], wire.Requests);
    }

    [Fact]
    public async Task A_connection_that_the_server_lost_the_thread_of_is_tried_again()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.AnswerInstead(_ => true, HttpStatusCode.BadRequest);
        await WriteAsync(fileSystem, path, Bytes(10), WriteMode.Create);
        wire.AnswerInstead(_ => true, HttpStatusCode.BadRequest);
        Assert.Equal(Bytes(10), await ReadAsync(fileSystem, path));
        Assert.Equal(["PUT", "PUT", "GET", "GET"], wire.Requests);
    }

    private protected override async Task<IFileSystem> OpenAsync(HttpWire wire) => (await S3Store.OpenAsync(server)).Open(wire);

    public sealed class OnWeak() : S3FaultTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3FaultTests(S3ServerKind.Strict);
}
