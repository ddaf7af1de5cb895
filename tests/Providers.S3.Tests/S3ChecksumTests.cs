using Amazon.S3.Model;
using Cairn.Emulators;
using Cairn.Faults;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;
using static Cairn.Providers.Tests.Http.Transfer;

namespace Cairn.Providers.S3.Tests;

/// <summary>Bytes are compared with their CRC-32C.</summary>
public abstract class S3ChecksumTests(S3ServerKind server)
{
    private const int Part = 5 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1000)]
    [InlineData(Part + 1000)]
    public async Task A_byte_that_changes_on_the_way_is_noticed_unless_the_file_is_in_parts_and_the_server_keeps_no_checksum(int length)
    {
        var store = await S3Store.OpenAsync(server);
        await using var proxy = FaultProxy.Start(store.Endpoint.ServiceUrl);
        await using var fileSystem = store.Open(serviceUrl: proxy.Address);
        var path = store.NewDirectory() / "file";
        await WriteAsync(fileSystem, path, Bytes(length), WriteMode.Overwrite);
        Assert.Equal(Bytes(length), await ReadAsync(fileSystem, path));
        proxy.Next(request => request.Method == "GET", new Fault(FaultKind.DamageAnswer));
        if (length <= Part || store.Endpoint.Traits.VerifiesChecksums)
            Assert.Equal(FileSystemErrorCode.Corrupt, (await Assert.ThrowsAsync<FileSystemException>(() => ReadAsync(fileSystem, path))).Code);
        else
            Assert.NotEqual(Bytes(length), await ReadAsync(fileSystem, path));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Part + 1000)]
    public async Task Switched_off_nothing_is_compared(int length)
    {
        var store = await S3Store.OpenAsync(server);
        await using var proxy = FaultProxy.Start(store.Endpoint.ServiceUrl);
        await using var fileSystem = store.Open(serviceUrl: proxy.Address, checksums: S3Checksums.Off);
        var path = store.NewDirectory() / "file";
        await WriteAsync(fileSystem, path, Bytes(length), WriteMode.Overwrite);
        Assert.Equal(Bytes(length), await ReadAsync(fileSystem, path));
        proxy.Next(request => request.Method == "GET", new Fault(FaultKind.DamageAnswer));
        Assert.NotEqual(Bytes(length), await ReadAsync(fileSystem, path));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Part + 1000)]
    public async Task Required_is_refused_by_a_server_that_verifies_none_before_anything_is_written(int length)
    {
        var store = await S3Store.OpenAsync(server);
        await using var fileSystem = store.Open(checksums: S3Checksums.Required);
        var path = store.NewDirectory() / "file";
        if (store.Endpoint.Traits.VerifiesChecksums)
        {
            await WriteAsync(fileSystem, path, Bytes(length), WriteMode.Create);
            Assert.Equal(Bytes(length), await ReadAsync(fileSystem, path));
            return;
        }
        var error = await Assert.ThrowsAsync<FileSystemException>(() => WriteAsync(fileSystem, path, Bytes(length), WriteMode.Create));
        Assert.Equal(FileSystemErrorCode.NotSupported, error.Code);
        Assert.Null(await fileSystem.FindAsync(path, cancellationToken: Token));
    }

    [Fact]
    public async Task Required_reads_no_whole_file_without_a_checksum()
    {
        var store = await S3Store.OpenAsync(server);
        await using var fileSystem = store.Open(checksums: S3Checksums.Required);
        var path = store.NewDirectory() / "file";
        using var client = store.RawClient();
        await client.PutObjectAsync(new PutObjectRequest { BucketName = store.Bucket, Key = path.Key, ContentBody = "a stranger's", UseChunkEncoding = false }, Token);
        Assert.Equal(FileSystemErrorCode.NotSupported, (await Assert.ThrowsAsync<FileSystemException>(() => ReadAsync(fileSystem, path))).Code);
        await using var trusting = store.Open();
        Assert.Equal("a stranger's"u8.ToArray(), await ReadAsync(trusting, path));
    }

    [Fact]
    public async Task A_server_that_verifies_is_sent_the_checksum_of_every_part_and_of_the_whole_and_another_one_keeps_none()
    {
        var store = await S3Store.OpenAsync(server);
        await using var fileSystem = store.Open();
        var path = store.NewDirectory() / "file";
        var content = Bytes((2 * Part) + 77);
        await WriteAsync(fileSystem, path, content, WriteMode.Create);
        using var client = store.RawClient();
        var kept = await client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = store.Bucket, Key = path.Key, ChecksumMode = Amazon.S3.ChecksumMode.ENABLED }, Token);
        Assert.Equal(store.Endpoint.Traits.VerifiesChecksums ? Crc32C.ToBase64(Crc32C.Append(0, content)) : null, kept.ChecksumCRC32C);
    }

    public sealed class OnWeak() : S3ChecksumTests(S3ServerKind.Any);

    public sealed class OnStrict() : S3ChecksumTests(S3ServerKind.Strict);
}
