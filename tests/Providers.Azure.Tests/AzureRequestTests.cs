using System.Collections.Concurrent;
using System.Text;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Azure.Tests;

/// <summary>How many requests each verb makes, counted on the wire.</summary>
public sealed class AzureRequestTests
{
    private const int Block = AzureStore.Block;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, "PUT")]
    [InlineData(1024, "PUT")]
    [InlineData(Block, "PUT")]
    [InlineData(Block + 1, "PUT blockid comp, PUT blockid comp, PUT comp")]
    [InlineData(3 * Block, "PUT blockid comp, PUT blockid comp, PUT blockid comp, PUT comp")]
    public async Task A_file_of_one_block_is_one_put_and_one_of_n_blocks_n_plus_one_requests(int length, string expected)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        var entry = await WriteAsync(fileSystem, path, Bytes(length), WriteMode.Create);
        Assert.Equal(expected, string.Join(", ", wire.Requests));
        Assert.Equal(entry, await fileSystem.FindAsync(path, cancellationToken: Token));
        Assert.Equal(Bytes(length), await ReadAsync(fileSystem, path));
    }

    [Fact]
    public async Task The_ids_of_blocks_are_equally_long_and_begin_with_the_id_that_the_file_carries()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var (blocks, writeId) = (new ConcurrentQueue<string>(), "");
        for (var i = 0; i < 3; i++)
        {
            wire.Next(_ => true, (inner, request, cancellationToken) =>
            {
                var query = request.RequestUri!.Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]));
                if (query.TryGetValue("blockid", out var id))
                    blocks.Enqueue(Encoding.ASCII.GetString(Convert.FromBase64String(id)));
                else
                    writeId = request.Headers.GetValues("x-ms-meta-cairnwriteid").Single();
                return inner.PassAsync(request, cancellationToken);
            });
        }
        await WriteAsync(fileSystem, store.NewDirectory() / "file", Bytes(Block + 1), WriteMode.Create);
        Assert.Equal(2, blocks.Count);
        Assert.NotEmpty(writeId);
        Assert.All(blocks, id => Assert.StartsWith(writeId, id, StringComparison.Ordinal));
        Assert.Single(blocks.Select(id => id.Length).Distinct());
    }

    [Theory]
    [InlineData(null, 5000)]
    [InlineData(7, 7)]
    [InlineData(100_000, 5000)]
    public async Task A_page_is_asked_for_with_as_many_entries_as_azure_gives_or_fewer_where_that_is_wanted(int? size, int expected)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var query = "";
        wire.Next(_ => true, (inner, request, cancellationToken) =>
        {
            query = request.RequestUri!.Query + "&";
            return inner.PassAsync(request, cancellationToken);
        });
        await foreach (var entry in fileSystem.ListAsync(store.NewDirectory(), new() { PageSize = size }, Token))
            Assert.Fail($"{entry.Path} is nobody's.");
        Assert.Contains($"maxresults={expected}&", query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_is_one_request_whether_it_is_there_or_not()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        Assert.Null(await fileSystem.FindAsync(directory / "absent", cancellationToken: Token));
        Assert.Equal(["HEAD"], wire.Requests);
        await WriteAsync(fileSystem, directory / "there", Bytes(10), WriteMode.Create);
        wire.Clear();
        Assert.NotNull(await fileSystem.FindAsync(directory / "there", new() { Directories = true }, Token));
        Assert.Equal(["HEAD"], wire.Requests);
        wire.Clear();
        Assert.Equal(EntryKind.Directory, (await fileSystem.FindAsync(directory, new() { Directories = true }, Token))!.Kind);
        Assert.Equal("HEAD, GET comp include maxresults prefix restype", string.Join(", ", wire.Requests));
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(0)]
    public async Task Reading_a_small_file_to_its_end_is_one_request(int length)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        await WriteAsync(fileSystem, path, Bytes(length), WriteMode.Create);
        wire.Clear();
        Assert.Equal(Bytes(length), await ReadAsync(fileSystem, path));
        Assert.Equal(["GET"], wire.Requests);
    }

    [Fact]
    public async Task Listing_is_a_request_a_page_a_copy_one_and_making_a_directory_none()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        FileEntry source = null!;
        for (var i = 0; i < 5; i++)
            source = await WriteAsync(fileSystem, directory / $"f{i}", Bytes(100), WriteMode.Create);
        wire.Clear();
        var found = new List<StoragePath>();
        await foreach (var entry in fileSystem.ListAsync(directory, new() { PageSize = 2 }, Token))
            found.Add(entry.Path);
        Assert.Equal(3, wire.Requests.Count);
        Assert.Equal(5, found.Count);
        wire.Clear();
        await fileSystem.CopyAsync(source.Path, directory / "copy", new() { Source = source }, Token);
        Assert.Equal(["PUT"], wire.Requests);
        wire.Clear();
        await fileSystem.CreateDirectoryAsync(directory / "new", Token);
        Assert.Empty(wire.Requests);
    }

    [Fact]
    public async Task A_page_that_is_empty_and_has_a_successor_is_followed()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        await WriteAsync(fileSystem, directory / "file", Bytes(1), WriteMode.Create);
        // Azure may answer so at any time; the marker is one that the server here takes.
        wire.AnswerInstead(request => request.Method == HttpMethod.Get, System.Net.HttpStatusCode.OK, $"""
            <?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="http://x/" ContainerName="c"><Blobs /><NextMarker>{directory.Key}</NextMarker></EnumerationResults>
            """);
        var found = new List<StoragePath>();
        await foreach (var entry in fileSystem.ListAsync(directory, cancellationToken: Token))
            found.Add(entry.Path);
        Assert.Equal([directory / "file"], found);
    }

    [Fact]
    public async Task A_large_file_is_downloaded_over_several_connections()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        await WriteAsync(fileSystem, path, Bytes((5 * Block) + 3), WriteMode.Create);
        wire.Clear();
        using var content = new MemoryStream();
        await fileSystem.DownloadAsync(path, content, new() { PartSize = Block, Parallelism = 3 }, Token);
        Assert.Equal(Bytes((5 * Block) + 3), content.ToArray());
        Assert.Equal(Enumerable.Repeat("GET", 6), wire.Requests);
    }
}
