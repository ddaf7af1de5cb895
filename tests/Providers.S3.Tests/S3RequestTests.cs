using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>How many requests each verb makes, counted on the wire.</summary>
public abstract class S3RequestTests(S3ServerKind server)
{
    private const int Part = 5 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, "PUT")]
    [InlineData(1024, "PUT")]
    [InlineData(Part, "PUT")]
    [InlineData(Part + 1, "POST uploads, PUT partNumber uploadId, PUT partNumber uploadId, POST uploadId")]
    public async Task A_file_of_one_part_is_one_put_and_one_of_n_parts_n_plus_two_requests(int length, string expected)
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        var content = Bytes(length);
        var entry = await WriteAsync(fileSystem, path, content, WriteMode.Overwrite);
        Assert.Equal(expected, string.Join(", ", wire.Requests));
        Assert.Equal(await fileSystem.FindAsync(path, cancellationToken: Token), entry with { LastModified = (await fileSystem.FindAsync(path, cancellationToken: Token))!.LastModified });
        Assert.Equal(content, await ReadAsync(fileSystem, path));
    }

    [Fact]
    public async Task Finding_is_one_request_and_the_first_miss_of_a_process_looks_at_the_bucket_too()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        Assert.Null(await fileSystem.FindAsync(directory / "absent", cancellationToken: Token));
        Assert.Equal(["HEAD", "HEAD"], wire.Requests);
        wire.Clear();
        Assert.Null(await fileSystem.FindAsync(directory / "absent", cancellationToken: Token));
        Assert.Equal(["HEAD"], wire.Requests);
        await WriteAsync(fileSystem, directory / "there", Bytes(10), WriteMode.Create);
        wire.Clear();
        Assert.NotNull(await fileSystem.FindAsync(directory / "there", new() { Directories = true }, Token));
        Assert.Equal(["HEAD"], wire.Requests);
        Assert.Equal(EntryKind.Directory, (await fileSystem.FindAsync(directory, new() { Directories = true }, Token))!.Kind);
        Assert.Equal("HEAD, HEAD, GET encoding-type list-type max-keys prefix", string.Join(", ", wire.Requests));
    }

    [Theory]
    [InlineData(1024, "GET")]
    [InlineData(0, "GET, HEAD")]
    public async Task Reading_a_small_file_to_its_end_is_one_request_and_an_empty_one_is_looked_up_too(int length, string expected)
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        await WriteAsync(fileSystem, path, Bytes(length), WriteMode.Create);
        wire.Clear();
        Assert.Equal(Bytes(length), await ReadAsync(fileSystem, path));
        Assert.Equal(expected, string.Join(", ", wire.Requests));
    }

    [Fact]
    public async Task Listing_is_a_request_a_page_and_deleting_one_a_thousand()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        for (var i = 0; i < 5; i++)
            await WriteAsync(fileSystem, directory / $"f{i}", Bytes(1), WriteMode.Create);
        wire.Clear();
        var found = new List<StoragePath>();
        await foreach (var entry in fileSystem.ListAsync(directory, new() { PageSize = 2 }, Token))
            found.Add(entry.Path);
        Assert.Equal(3, wire.Requests.Count);
        Assert.Equal(5, found.Count);
        wire.Clear();
        var results = await fileSystem.DeleteAsync([.. found, .. Enumerable.Range(0, 996).Select(i => directory / $"missing{i}")], Token);
        Assert.All(results, result => Assert.Null(result.Error));
        Assert.Equal(["POST delete", "POST delete"], wire.Requests);
        Assert.Null(await fileSystem.FindAsync(directory, new() { Directories = true }, Token));
    }

    [Fact]
    public async Task Deleting_a_tree_is_a_listing_and_a_delete_for_every_thousand_files()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        await Parallel.ForAsync(0, 1001, Token, async (i, _) => await WriteAsync(fileSystem, directory / $"{i % 7}" / $"{i}", [], WriteMode.Overwrite));
        wire.Clear();
        await fileSystem.DeleteTreeAsync(directory, Token);
        Assert.Equal(["GET", "POST delete", "GET", "POST delete"], wire.Requests.Select(request => request.Replace(" continuation-token", "", StringComparison.Ordinal).Replace(" encoding-type list-type max-keys prefix", "", StringComparison.Ordinal)));
        Assert.Null(await fileSystem.FindAsync(directory, new() { Directories = true }, Token));
    }

    [Fact]
    public async Task A_copy_is_one_request_where_the_server_can_and_one_read_and_one_put_where_it_ignores_conditions()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        var source = await WriteAsync(fileSystem, directory / "a", Bytes(100), WriteMode.Create);
        wire.Clear();
        await fileSystem.CopyAsync(directory / "a", directory / "b", new() { Source = source }, Token);
        Assert.Equal(fileSystem.Capabilities.ServerSideCopy ? ["PUT"] : ["GET", "PUT"], wire.Requests);
        wire.Clear();
        await fileSystem.CopyAsync(directory / "a", directory / "c", new() { Mode = WriteMode.Overwrite }, Token);
        Assert.Equal(["HEAD", "PUT"], wire.Requests);
        Assert.Equal(Bytes(100), await ReadAsync(fileSystem, directory / "c"));
        wire.Clear();
        await fileSystem.CopyAsync(directory / "a", directory / "d", new() { Mode = WriteMode.Overwrite, Source = source }, Token);
        Assert.Equal(store.Endpoint.Traits.HonoursConditionalCompletion ? ["PUT"] : ["GET", "PUT"], wire.Requests);
    }

    [Fact]
    public async Task Making_a_directory_is_no_request()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        await fileSystem.CreateDirectoryAsync(store.NewDirectory(), Token);
        Assert.Empty(wire.Requests);
    }

    [Fact]
    public async Task Discarding_an_upload_aborts_it_once_its_parts_have_ended()
    {
        var (store, wire) = (await S3Store.OpenAsync(server), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        await using (var writer = await fileSystem.OpenWriteAsync(path, new() { Mode = WriteMode.Overwrite }, Token))
        {
            await writer.Stream.WriteAsync(Bytes((2 * Part) + 1), Token);
            while (wire.Requests.Count < 3)
                await Task.Delay(10, Token);
        }
        Assert.Equal("DELETE uploadId", wire.Requests.Last());
        using var raw = store.RawClient();
        var uploads = await raw.ListMultipartUploadsAsync(new Amazon.S3.Model.ListMultipartUploadsRequest { BucketName = store.Bucket, Prefix = path.Key }, Token);
        Assert.True(uploads.MultipartUploads is null or { Count: 0 });
        Assert.Null(await fileSystem.FindAsync(path, cancellationToken: Token));
    }

    public sealed class OnWeak() : S3RequestTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3RequestTests(S3ServerKind.Strict);
}
