using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>Copies above what one request copies; the limit is lowered from 5 GiB.</summary>
public abstract class S3CopyTests(S3ServerKind server)
{
    private const int Part = 5 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_long_copy_is_n_plus_two_requests_and_a_look_at_the_source_and_one_read_and_one_put_where_completions_ignore_conditions()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = new S3FileSystem(store.Root, store.Options(wire, maxCopyLength: Part));
        var directory = store.NewDirectory();
        var source = await WriteAsync(fileSystem, directory / "a", Bytes((2 * Part) + 1), WriteMode.Create);
        wire.Clear();
        var copy = await fileSystem.CopyAsync(directory / "a", directory / "b", new() { Source = source }, Token);
        Assert.Equal(
            store.Endpoint.Traits.HonoursConditionalCompletion
                ? ["POST uploads", "PUT partNumber uploadId", "PUT partNumber uploadId", "PUT partNumber uploadId", "HEAD", "POST uploadId"]
                : ["GET", "PUT"],
            wire.Requests);
        Assert.Equal((source.Length, (await fileSystem.FindAsync(directory / "b", cancellationToken: Token))!.ETag), (copy.Length, copy.ETag));
        Assert.Equal(Bytes((2 * Part) + 1), await ReadAsync(fileSystem, directory / "b"));
    }

    [Fact]
    public async Task A_long_copy_keeps_its_conditions_and_leaves_no_upload_behind()
    {
        var store = await S3Store.OpenAsync(server);
        await using var fileSystem = new S3FileSystem(store.Root, store.Options(maxCopyLength: Part));
        var directory = store.NewDirectory();
        var old = await WriteAsync(fileSystem, directory / "a", Bytes((2 * Part) + 1), WriteMode.Create);
        await WriteAsync(fileSystem, directory / "taken", Bytes(10), WriteMode.Create);
        var taken = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.CopyAsync(directory / "a", directory / "taken", new() { Source = old }, Token));
        Assert.Equal(FileSystemErrorCode.AlreadyExists, taken.Code);
        await WriteAsync(fileSystem, directory / "a", Bytes((2 * Part) + 2), WriteMode.Overwrite);
        var changed = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.CopyAsync(directory / "a", directory / "b", new() { Source = old }, Token));
        Assert.Equal((FileSystemErrorCode.PreconditionFailed, directory / "a"), (changed.Code, changed.Path));
        Assert.Equal(Bytes(10), await ReadAsync(fileSystem, directory / "taken"));
        Assert.Null(await fileSystem.FindAsync(directory / "b", cancellationToken: Token));
        using var raw = store.RawClient();
        var uploads = await raw.ListMultipartUploadsAsync(new Amazon.S3.Model.ListMultipartUploadsRequest { BucketName = store.Bucket, Prefix = directory.Key }, Token);
        Assert.True(uploads.MultipartUploads is null or { Count: 0 });
    }

    [Fact]
    public async Task A_source_that_is_not_there_is_told_whatever_is_known_of_it_and_nothing_appears()
    {
        var store = await S3Store.OpenAsync(server);
        await using var fileSystem = new S3FileSystem(store.Root, store.Options(maxCopyLength: Part));
        var (source, target) = (store.NewDirectory() / "a", store.NewDirectory() / "b");
        foreach (var known in new[] { null, new FileEntry { Path = source, Length = 10 }, new FileEntry { Path = source, Length = Part + 1 } })
        {
            foreach (var mode in new[] { WriteMode.Create, WriteMode.Overwrite })
            {
                var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.CopyAsync(source, target, new() { Source = known, Mode = mode }, Token));
                Assert.Equal((FileSystemErrorCode.NotFound, source), (error.Code, error.Path));
                Assert.Null(await fileSystem.FindAsync(target, cancellationToken: Token));
            }
        }
    }

    [Fact]
    public async Task A_key_of_a_batch_that_fails_in_a_way_that_passes_is_deleted_by_itself()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        foreach (var name in new[] { "a", "b", "c" })
            await WriteAsync(fileSystem, directory / name, Bytes(1), WriteMode.Create);
        wire.Clear();
        wire.AnswerInstead(request => request.Method == HttpMethod.Post, System.Net.HttpStatusCode.OK, $"""
            <DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Error><Key>{directory.Key}/a</Key><Code>InternalError</Code><Message>try again</Message></Error>
            <Error><Key>{directory.Key}/b</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>
            """);
        var results = await fileSystem.DeleteAsync([directory / "a", directory / "b", directory / "c"], Token);
        Assert.Equal([null, FileSystemErrorCode.PermissionDenied, null], results.Select(result => result.Error?.Code));
        Assert.Equal(["POST delete", "DELETE"], wire.Requests);
        Assert.Null(await fileSystem.FindAsync(directory / "a", cancellationToken: Token));
    }

    public sealed class OnWeak() : S3CopyTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3CopyTests(S3ServerKind.Strict)
    {
        [Fact]
        public async Task A_source_that_is_removed_between_its_last_part_and_the_completion_is_noticed()
        {
            var (store, wire) = (await S3Store.OpenAsync(S3ServerKind.Strict), new HttpWire());
            await using var fileSystem = new S3FileSystem(store.Root, store.Options(wire, maxCopyLength: Part));
            await using var another = store.Open();
            var directory = store.NewDirectory();
            var source = await WriteAsync(fileSystem, directory / "a", Bytes((2 * Part) + 1), WriteMode.Create);
            wire.Next(request => request.Method == HttpMethod.Head, async (self, request, cancellationToken) =>
            {
                await another.DeleteAsync([source.Path], cancellationToken);
                return await self.PassAsync(request, cancellationToken);
            });
            var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.CopyAsync(source.Path, directory / "b", new() { Source = source }, Token));
            Assert.Equal((FileSystemErrorCode.PreconditionFailed, source.Path), (error.Code, error.Path));
            Assert.Null(await fileSystem.FindAsync(directory / "b", cancellationToken: Token));
        }
    }
}
