using Amazon.S3.Model;
using Cairn.Emulators;
using Cairn.FileSystems;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>What is S3's own.</summary>
public abstract class S3FileSystemTests(S3ServerKind server)
{
    private const int Part = 5 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ServerSupport.No)]
    [InlineData(ServerSupport.Yes)]
    public async Task A_conditional_write_above_one_part_never_overwrites(ServerSupport completion)
    {
        // A weak server ignores the condition without a word: to trust it would be the user's mistake.
        var store = await S3Store.OpenAsync(completion is ServerSupport.Yes ? S3ServerKind.Strict : server);
        await using var fileSystem = store.Open(completion: completion);
        var path = store.NewDirectory() / "file";
        var first = await WriteAsync(fileSystem, path, Bytes(Part + 1), WriteMode.Create);
        var taken = await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, path, Bytes(Part + 2), WriteMode.Create));
        Assert.Equal(FileSystemErrorCode.AlreadyExists, taken.Code);
        var second = await WriteAsync(fileSystem, path, Bytes(Part + 3), WriteMode.Replace(first.ETag!));
        var stale = await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, path, Bytes(Part + 4), WriteMode.Replace(first.ETag!)));
        Assert.Equal(FileSystemErrorCode.PreconditionFailed, stale.Code);
        Assert.Equal(Bytes(Part + 3), await ReadAsync(fileSystem, path));
        Assert.Equal(second.ETag, (await fileSystem.FindAsync(path, cancellationToken: Token))!.ETag);
    }

    [Fact]
    public async Task A_spooled_write_leaves_no_temporary_file()
    {
        var store = await S3Store.OpenAsync(server);
        var directory = Directory.CreateTempSubdirectory("cairn-spool");
        try
        {
            await using var fileSystem = new S3FileSystem(store.Root, new S3FileSystemOptions
            {
                ServiceUrl = store.Endpoint.ServiceUrl,
                AccessKey = store.Endpoint.AccessKey,
                SecretKey = store.Endpoint.SecretKey,
                ConditionalCompletion = ServerSupport.No,
                SpoolDirectory = directory.FullName,
            });
            var path = store.NewDirectory() / "file";
            await WriteAsync(fileSystem, path, Bytes((2 * 8 * 1024 * 1024) + 1), WriteMode.Create);
            Assert.Equal(Bytes((2 * 8 * 1024 * 1024) + 1), await ReadAsync(fileSystem, path));
            Assert.Empty(directory.GetFiles());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Keys_that_xml_cannot_carry_are_listed_and_deleted()
    {
        var store = await S3Store.OpenAsync(server);
        await using var fileSystem = store.Open();
        var directory = store.NewDirectory();
        string[] names = ["a\u0001b", "c\u001f", "d\ufffe", "e\uffff", "f\rg", "h\ni", "plain"];
        using var client = store.RawClient();
        foreach (var name in names)
            await client.PutObjectAsync(new PutObjectRequest { BucketName = store.Bucket, Key = $"{directory.Key}/{name}", ContentBody = "x", UseChunkEncoding = false }, Token);
        var listed = new List<StoragePath>();
        await foreach (var entry in fileSystem.ListAsync(directory, new() { Recursive = true }, Token))
            listed.Add(entry.Path);
        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Select(path => path.Key[(directory.Key.Length + 1)..]).Order(StringComparer.Ordinal));
        var results = await fileSystem.DeleteAsync(listed, Token);
        Assert.All(results, result => Assert.Null(result.Error));
        Assert.Null(await fileSystem.FindAsync(directory, new() { Directories = true }, Token));
    }

    [Fact]
    public async Task A_missing_bucket_is_named()
    {
        var store = await S3Store.OpenAsync(server);
        await using var fileSystem = store.Open(root: StoragePath.Parse("s3a://there-is-no-such-bucket/"));
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(fileSystem.Root / "file", cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.NotFound, error.Code);
        Assert.Contains("bucket 'there-is-no-such-bucket'", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.RequestId);
    }

    [Fact]
    public async Task A_client_that_was_handed_in_stays_the_callers()
    {
        var store = await S3Store.OpenAsync(server);
        using var client = store.RawClient();
        await using (var fileSystem = new S3FileSystem(store.Root, new S3FileSystemOptions { Client = client }))
            Assert.Null(await fileSystem.FindAsync(store.NewDirectory() / "file", cancellationToken: Token));
        Assert.NotNull(await client.ListBucketsAsync(Token));
    }

    public sealed class OnWeak() : S3FileSystemTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3FileSystemTests(S3ServerKind.Strict);
}
