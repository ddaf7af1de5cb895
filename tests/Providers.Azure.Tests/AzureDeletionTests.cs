using System.Net;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Cairn.FileSystems;
using Cairn.Providers.Azure.Tests.Batches;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Azure.Tests;

/// <summary>Deleting in batches, against the real server and with answers that are changed on their way.</summary>
public sealed class AzureDeletionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, "DELETE")]
    [InlineData(2, "POST comp restype")]
    [InlineData(256, "POST comp restype")]
    [InlineData(257, "POST comp restype, DELETE")]
    [InlineData(600, "POST comp restype, POST comp restype, POST comp restype")]
    public async Task N_files_take_a_request_for_each_256(int count, string expected)
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        var files = Enumerable.Range(0, count).Select(i => directory / $"f{i}").ToList();
        await WriteAllAsync(fileSystem, files.Take(40));
        wire.Clear();
        var results = await fileSystem.DeleteAsync(files, Token);
        Assert.Equal(files, results.Select(result => result.Path));
        Assert.All(results, result => Assert.Null(result.Error));
        Assert.Equal(expected.Split(", ").Order(), wire.Requests.Order());
        Assert.Empty(await ListAsync(fileSystem, directory));
    }

    [Fact]
    public async Task A_tree_takes_its_pages_and_its_batches()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        var directory = store.NewDirectory();
        await WriteAllAsync(fileSystem, Enumerable.Range(0, 300).Select(i => directory / $"d{i % 7}/f{i}"));
        wire.Clear();
        Assert.Equal(300, (await fileSystem.DeleteTreeAsync(directory, Token)).Deleted);
        Assert.Equal(["GET comp include maxresults prefix restype", "POST comp restype", "POST comp restype"], wire.Requests);
        Assert.Empty(await ListAsync(fileSystem, directory));
    }

    [Fact]
    public async Task Snapshots_go_with_their_blob()
    {
        var store = await AzureStore.OpenAsync();
        await using var fileSystem = store.Open();
        var files = new[] { store.NewDirectory() / "a", store.NewDirectory() / "b", store.NewDirectory() / "c" };
        await WriteAllAsync(fileSystem, files);
        foreach (var file in files)
            await store.RawClient().GetBlobClient(file.Key).CreateSnapshotAsync(cancellationToken: Token);
        Assert.All(await fileSystem.DeleteAsync(files[..2], Token), result => Assert.Null(result.Error));
        await fileSystem.DeleteAsync(files[2], Token);
        foreach (var file in files)
            Assert.Null(await fileSystem.FindAsync(file, cancellationToken: Token));
    }

    [Theory]
    [InlineData("odd names: %41 %2F ? # & + é 日 𝄞 ~!*'();:@=$,[]")]
    [InlineData("-- b\"<>|^`{}")]
    public async Task Names_of_every_kind_are_deleted_and_nothing_beside_them(string name)
    {
        var store = await AzureStore.OpenAsync();
        await using var fileSystem = store.Open();
        var directory = store.NewDirectory();
        await WriteAllAsync(fileSystem, [directory / name, directory / "stays", directory / (name + "2")]);
        Assert.All(await fileSystem.DeleteAsync([directory / name, directory / (name + "2")], Token), result => Assert.Null(result.Error));
        Assert.Equal([directory / "stays"], await ListAsync(fileSystem, directory));
    }

    [Fact]
    public async Task Every_kind_of_credential_signs_the_requests_inside_a_batch()
    {
        var store = await AzureStore.OpenAsync();
        var container = store.RawClient();
        var sas = container.GenerateSasUri(BlobContainerSasPermissions.All, DateTimeOffset.UtcNow.AddHours(1)).Query;
        var settings = new BlobClientOptions { TrimBlobNameSlashes = false };
        var connection = $"BlobEndpoint={store.Endpoint.BlobEndpoint};SharedAccessSignature={sas.TrimStart('?')}";
        foreach (var options in new AzureBlobFileSystemOptions[]
        {
            new() { Endpoint = store.Endpoint.BlobEndpoint, AccountKey = store.Endpoint.AccountKey },
            new() { ConnectionString = store.Endpoint.ConnectionString },
            new() { Endpoint = store.Endpoint.BlobEndpoint, SasToken = sas },
            new() { ConnectionString = connection },
            new() { Client = new BlobServiceClient(store.Endpoint.ConnectionString, settings) },
            new() { Client = new BlobServiceClient(store.Endpoint.BlobEndpoint, new AzureSasCredential(sas), settings) },
            new() { Client = new BlobServiceClient(new Uri(store.Endpoint.BlobEndpoint + sas), settings) },
        })
        {
            await using var fileSystem = new AzureBlobFileSystem(store.Root, options);
            var directory = store.NewDirectory();
            var files = Enumerable.Range(0, 3).Select(i => directory / $"f {i}").ToList();
            await WriteAllAsync(fileSystem, files);
            Assert.All(await fileSystem.DeleteAsync(files, Token), result => Assert.Null(result.Error));
            Assert.Empty(await ListAsync(fileSystem, directory));
        }
    }

    [Fact]
    public async Task Only_the_parts_that_failed_are_sent_again()
    {
        var (store, wire, directory, files) = await PrepareAsync(10);
        await using var fileSystem = store.Open(wire);
        wire.ChangeAnswer(answer => Fail(Fail(answer, 3), 7));
        var second = "";
        wire.Watch(body => second = body);
        Assert.All(await fileSystem.DeleteAsync(files, Token), result => Assert.Null(result.Error));
        Assert.Equal(2, wire.Requests.Count);
        Assert.Equal(2, second.Split("Content-ID").Length - 1);
        Assert.Contains("/f3 HTTP/1.1", second, StringComparison.Ordinal);
        Assert.Contains("/f7 HTTP/1.1", second, StringComparison.Ordinal);
        Assert.Empty(await ListAsync(fileSystem, directory));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("boundary")]
    [InlineData("fewer")]
    [InlineData("twice")]
    [InlineData("another")]
    [InlineData("no number")]
    [InlineData("empty")]
    public async Task An_answer_that_cannot_be_read_is_asked_for_again(string damage)
    {
        var (store, wire, directory, files) = await PrepareAsync(6);
        await using var fileSystem = store.Open(wire);
        wire.ChangeAnswer(answer => Damage(answer, damage));
        Assert.All(await fileSystem.DeleteAsync(files, Token), result => Assert.Null(result.Error));
        Assert.Equal(2, wire.Requests.Count);
        Assert.Empty(await ListAsync(fileSystem, directory));
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("boundary")]
    [InlineData("fewer")]
    [InlineData("twice")]
    [InlineData("another")]
    [InlineData("no number")]
    [InlineData("empty")]
    public async Task An_answer_that_is_never_to_be_read_is_a_transient_error_of_the_files_it_does_not_tell_of(string damage)
    {
        var (store, wire, directory, files) = await PrepareAsync(6);
        await using var fileSystem = store.Open(wire);
        // Nothing is sent on, and the first part is always told as deleted.
        for (var i = 0; i < 20; i++)
            wire.AnswerBatch("b", Damage(string.Concat(files.Select((_, id) => $"--b\r\nContent-ID: {id}\r\n\r\nHTTP/1.1 {(i == 0 && id == 0 ? 202 : 503)} X\r\n\r\n")) + "--b--\r\n", damage));
        var results = await fileSystem.DeleteAsync(files, Token);
        Assert.All(results.Skip(1), result => Assert.Equal(FileSystemErrorCode.Unavailable, result.Error?.Code));
        Assert.All(results.Skip(1), result => Assert.True(result.Error!.IsTransient));
        Assert.Equal(6, wire.Requests.Count);
        Assert.Equal(6, (await ListAsync(fileSystem, directory)).Count);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotImplemented)]
    [InlineData(HttpStatusCode.BadRequest)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.MethodNotAllowed)]
    [InlineData(HttpStatusCode.UnsupportedMediaType)]
    public async Task Where_batches_are_refused_single_requests_do_it_and_no_further_batch_is_tried(HttpStatusCode status)
    {
        var (store, wire, directory, files) = await PrepareAsync(6);
        await using var fileSystem = store.Open(wire);
        wire.AnswerInstead(BatchWire.IsBatch, status);
        Assert.All(await fileSystem.DeleteAsync(files, Token), result => Assert.Null(result.Error));
        Assert.Equal("POST comp restype, DELETE, DELETE, DELETE, DELETE, DELETE, DELETE", string.Join(", ", wire.Requests));
        Assert.Empty(await ListAsync(fileSystem, directory));
        wire.Clear();
        await fileSystem.DeleteAsync(files, Token);
        Assert.Equal("DELETE, DELETE, DELETE, DELETE, DELETE, DELETE", string.Join(", ", wire.Requests));
    }

    [Fact]
    public async Task A_batch_that_fails_as_a_whole_inside_its_answer_is_refused_too()
    {
        var (store, wire, directory, files) = await PrepareAsync(3);
        await using var fileSystem = store.Open(wire);
        wire.AnswerBatch("b", "--b\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 400 One of the request inputs is not valid.\r\nx-ms-error-code: InvalidInput\r\n\r\n--b--");
        Assert.All(await fileSystem.DeleteAsync(files, Token), result => Assert.Null(result.Error));
        Assert.Empty(await ListAsync(fileSystem, directory));
    }

    [Fact]
    public async Task Where_nothing_may_be_deleted_one_single_request_finds_it_out()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire, accountKey: Convert.ToBase64String(new byte[64]));
        var directory = store.NewDirectory();
        var results = await fileSystem.DeleteAsync([directory / "a", directory / "b", directory / "c"], Token);
        Assert.All(results, result => Assert.True(result.Error?.Code is FileSystemErrorCode.PermissionDenied or FileSystemErrorCode.Unauthenticated));
        Assert.Equal(["POST comp restype", "DELETE"], wire.Requests);
    }

    [Fact]
    public async Task A_missing_container_is_named_for_every_file()
    {
        var store = await AzureStore.OpenAsync();
        await using var fileSystem = store.Open(container: "no-such-container");
        var results = await fileSystem.DeleteAsync([fileSystem.Root / "a", fileSystem.Root / "b"], Token);
        Assert.All(results, result => Assert.Equal(FileSystemErrorCode.NotFound, result.Error?.Code));
        Assert.All(results, result => Assert.Contains("no-such-container", result.Error!.Message, StringComparison.Ordinal));
    }

    private static string Fail(string answer, int id)
    {
        var start = answer.IndexOf($"Content-ID: {id}\r\n", StringComparison.Ordinal);
        var status = answer.IndexOf("HTTP/1.1 202", start, StringComparison.Ordinal);
        return answer[..status] + "HTTP/1.1 503" + answer[(status + "HTTP/1.1 202".Length)..];
    }

    private static string Damage(string answer, string damage) => damage switch
    {
        "cut" => answer[..(answer.Length / 2)],
        "boundary" => answer.Replace("--b", "--x", StringComparison.Ordinal),
        "fewer" => answer[..answer.IndexOf("--b", answer.Length / 2, StringComparison.Ordinal)] + answer[answer.LastIndexOf("--b", StringComparison.Ordinal)..],
        "another" => answer.Replace("Content-ID: 4", "Content-ID: 6", StringComparison.Ordinal),
        "no number" => answer.Replace("Content-ID: 4", "Content-ID: four", StringComparison.Ordinal),
        "twice" => answer.Replace("Content-ID: 4", "Content-ID: 3", StringComparison.Ordinal),
        _ => "",
    };

    private static async Task<(AzureStore Store, HttpWire Wire, StoragePath Directory, StoragePath[] Files)> PrepareAsync(int count)
    {
        var store = await AzureStore.OpenAsync();
        var directory = store.NewDirectory();
        var files = Enumerable.Range(0, count).Select(i => directory / $"f{i}").ToArray();
        await using var fileSystem = store.Open();
        await WriteAllAsync(fileSystem, files);
        return (store, new HttpWire(), directory, files);
    }

    private static Task WriteAllAsync(IFileSystem fileSystem, IEnumerable<StoragePath> files) =>
        Parallel.ForEachAsync(files, Token, async (file, _) => await WriteAsync(fileSystem, file, Bytes(3), WriteMode.Create));

    private static async Task<List<StoragePath>> ListAsync(AzureBlobFileSystem fileSystem, StoragePath directory)
    {
        var found = new List<StoragePath>();
        await foreach (var entry in fileSystem.ListAsync(directory, new() { Recursive = true }, Token))
            found.Add(entry.Path);
        return found;
    }
}
