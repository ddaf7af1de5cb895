using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.Azure.Tests;

/// <summary>The empty blobs that hierarchical accounts, and Hadoop everywhere, keep in place of directories.</summary>
public sealed class DirectoryStubTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(5000)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_stub_is_listed_once_as_a_directory_with_or_without_files_below(int pageSize)
    {
        var (store, directory, _) = await PrepareAsync();
        await using var fileSystem = store.Open();
        var entries = await ListAsync(fileSystem, directory, new() { PageSize = pageSize });
        Assert.Equal(
            ["d!a File", "d-empty Directory", "d Directory", "e File", "z Directory"],
            entries.OrderBy(entry => entry.Path.Name == "d" ? "d." : entry.Path.Name, StringComparer.Ordinal).Select(entry => $"{entry.Path.Name} {entry.Kind}"));
        Assert.All(entries.Where(entry => entry.Kind == EntryKind.Directory), entry => Assert.True(entry is { ETag: null, Length: 0 }));
    }

    [Fact]
    public async Task A_recursive_listing_has_files_only()
    {
        var (store, directory, files) = await PrepareAsync();
        await using var fileSystem = store.Open();
        Assert.Equal(files.ToHashSet(), (await ListAsync(fileSystem, directory, new() { Recursive = true })).Select(entry => entry.Path).ToHashSet());
    }

    [Fact]
    public async Task A_stub_is_no_file_to_find_to_read_or_to_copy_and_a_directory_to_find()
    {
        var (store, directory, _) = await PrepareAsync();
        await using var fileSystem = store.Open();
        Assert.Null(await fileSystem.FindAsync(directory / "d-empty", cancellationToken: Token));
        Assert.Equal(EntryKind.Directory, (await fileSystem.FindAsync(directory / "d-empty", new() { Directories = true }, Token))!.Kind);
        foreach (var verb in new Func<Task>[]
        {
            () => fileSystem.OpenReadAsync(directory / "d-empty", cancellationToken: Token),
            () => fileSystem.OpenReadAsync(directory / "d-empty", new() { Length = 0 }, Token),
            () => fileSystem.CopyAsync(directory / "d-empty", directory / "copy", cancellationToken: Token),
        })
        {
            Assert.Equal(FileSystemErrorCode.NotFound, (await Assert.ThrowsAsync<FileSystemException>(verb)).Code);
        }
    }

    [Fact]
    public async Task A_tree_goes_with_its_stubs_the_deepest_first_and_with_its_own()
    {
        var (store, directory, files) = await PrepareAsync();
        var wire = new HttpWire();
        await using var fileSystem = store.Open(wire);
        await StubAsync(store, directory);
        var result = await fileSystem.DeleteTreeAsync(directory, Token);
        Assert.Equal((files.Count, 0), (result.Deleted, result.Failed));
        // The files, the stub below a stub, the stubs, then what the directory itself is.
        Assert.Equal("GET comp include maxresults prefix restype, POST comp restype, DELETE, POST comp restype, HEAD, DELETE", string.Join(", ", wire.Requests));
        Assert.Empty(await ListAsync(fileSystem, directory, new() { Recursive = true, DirectoryObjects = true }));
        Assert.Null(await fileSystem.FindAsync(directory, new() { Directories = true }, Token));
    }

    [Fact]
    public async Task A_directory_that_a_hierarchical_account_keeps_because_it_is_not_empty_is_success()
    {
        var (store, wire) = (await AzureStore.OpenAsync(), new HttpWire());
        await using var fileSystem = store.Open(wire);
        wire.Next(_ => true, (_, request, _) =>
        {
            var answer = new HttpResponseMessage(System.Net.HttpStatusCode.Conflict) { RequestMessage = request };
            answer.Headers.Add("x-ms-error-code", "DirectoryIsNotEmpty");
            return Task.FromResult(answer);
        });
        await fileSystem.DeleteAsync(store.NewDirectory(), Token);
    }

    /// <summary>Two stubs with files below (one stub below the other), an empty one, and files with names around them.</summary>
    private static async Task<(AzureStore Store, StoragePath Directory, IReadOnlyList<StoragePath> Files)> PrepareAsync()
    {
        var store = await AzureStore.OpenAsync();
        var directory = store.NewDirectory();
        StoragePath[] files = [directory / "d!a", directory / "d/x", directory / "d/deeper/y", directory / "e", directory / "z/file"];
        await using var fileSystem = store.Open();
        foreach (var file in files)
            await WriteAsync(fileSystem, file, Bytes(1), WriteMode.Create);
        foreach (var stub in new[] { "d", "d/deeper", "d-empty" })
            await StubAsync(store, directory / stub);
        return (store, directory, files);
    }

    private static async Task StubAsync(AzureStore store, StoragePath path) => await store.RawClient().GetBlobClient(path.Key).UploadAsync(
        new BinaryData(""), new global::Azure.Storage.Blobs.Models.BlobUploadOptions { Metadata = new Dictionary<string, string> { ["hdi_isfolder"] = "true" } }, Token);

    private static async Task<List<FileEntry>> ListAsync(AzureBlobFileSystem fileSystem, StoragePath directory, ListOptions options)
    {
        var found = new List<FileEntry>();
        await foreach (var entry in fileSystem.ListAsync(directory, options, Token))
            found.Add(entry);
        return found;
    }
}
