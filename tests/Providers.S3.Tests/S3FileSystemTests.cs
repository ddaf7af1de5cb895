using Amazon.S3.Model;
using Cairn.FileSystems;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>What is S3's own.</summary>
public sealed class S3FileSystemTests
{
    private const int Part = 5 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ServerSupport.No)]
    [InlineData(ServerSupport.Yes)]
    public async Task A_conditional_write_above_one_part_never_overwrites(ServerSupport completion)
    {
        var store = await S3Store.OpenAsync();
        Assert.SkipWhen(completion == ServerSupport.Yes && !store.Endpoint.Traits.HonoursConditionalCompletion, "this server ignores the condition on a completion");
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
        var store = await S3Store.OpenAsync();
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
        var store = await S3Store.OpenAsync();
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
        var store = await S3Store.OpenAsync();
        await using var fileSystem = store.Open(root: StoragePath.Parse("s3a://there-is-no-such-bucket/"));
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.FindAsync(fileSystem.Root / "file", cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.NotFound, error.Code);
        Assert.Contains("bucket 'there-is-no-such-bucket'", error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.RequestId);
    }

    [Fact]
    public async Task A_client_that_was_handed_in_stays_the_callers()
    {
        var store = await S3Store.OpenAsync();
        using var client = store.RawClient();
        await using (var fileSystem = new S3FileSystem(store.Root, new S3FileSystemOptions { Client = client }))
            Assert.Null(await fileSystem.FindAsync(store.NewDirectory() / "file", cancellationToken: Token));
        Assert.NotNull(await client.ListBucketsAsync(Token));
    }

    [Theory]
    [InlineData("s3:/no-bucket")]
    [InlineData("s3://container@account/")]
    public void An_authority_that_is_no_bucket_is_refused(string root)
    {
        var error = Assert.Throws<FileSystemException>(() => new S3FileSystemProvider().Create(StoragePath.Create("s3", StoragePath.Parse(root).Authority, "/")));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
    }

    [Fact]
    public async Task Conditions_that_a_server_may_ignore_are_trusted_on_aws_only()
    {
        var bucket = StoragePath.Parse("s3://bucket/");
        await using var aws = new S3FileSystem(bucket, new S3FileSystemOptions { Region = "eu-central-1" });
        await using var other = new S3FileSystem(bucket, new S3FileSystemOptions { ServiceUrl = new Uri("http://localhost:1") });
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_S3", "http://localhost:1");
        await using var fromEnvironment = new S3FileSystem(bucket, new S3FileSystemOptions { Region = "eu-central-1" });
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_S3", null);
        Assert.Null(aws.Capabilities.MaxConditionalLength);
        Assert.True(aws.Capabilities.ServerSideCopy);
        foreach (var capabilities in new[] { other.Capabilities, fromEnvironment.Capabilities })
        {
            Assert.Equal(5L << 30, capabilities.MaxConditionalLength);
            Assert.False(capabilities.ServerSideCopy);
        }
    }

    [Fact]
    public void Half_a_key_is_a_mistake_to_be_told()
    {
        var options = new S3FileSystemOptions { ServiceUrl = new Uri("http://localhost:1"), AccessKey = "id" };
        Assert.Contains("SecretKey", Assert.Throws<FileSystemException>(() => new S3FileSystem(StoragePath.Parse("s3://bucket/"), options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_scheme_and_its_aliases_are_served()
    {
        Assert.Equal(["s3", "s3a", "s3p", "s3n"], new S3FileSystemProvider().Schemes);
    }
}
