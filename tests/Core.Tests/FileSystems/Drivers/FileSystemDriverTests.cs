using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.FileSystems.Memory;

namespace Cairn.Tests.FileSystems.Drivers;

/// <summary>What the base of every file system refuses before a provider sees it, beyond what the conformance suite asks of each.</summary>
public sealed class FileSystemDriverTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/")]
    [InlineData("//driver/")]
    [InlineData("memory://driver/a")]
    [InlineData("memory://driver")]
    public void The_root_is_a_scheme_an_authority_and_a_slash(string root)
    {
        var error = Assert.Throws<FileSystemException>(() => new MemoryFileSystem(StoragePath.Parse(root), new MemoryStore()));
        Assert.Equal((FileSystemErrorCode.InvalidPath, StoragePath.Parse(root)), (error.Code, error.Path));
    }

    [Theory]
    [InlineData("memory://driver/", "the root is no file")]
    [InlineData("memory://driver", "the root is no file")]
    [InlineData("memory://driver/..", "above the root")]
    [InlineData("memory://driver/../a", "above the root")]
    [InlineData("memory://other/a", "does not lie on")]
    [InlineData("/a", "does not lie on")]
    public async Task What_is_no_file_of_this_store_is_refused(string text, string reason)
    {
        await using var files = new MemoryFileSystem(StoragePath.Parse("memory://driver/"), new MemoryStore());
        foreach (var verb in new Func<StoragePath, Task>[]
        {
            path => files.OpenReadAsync(path, cancellationToken: Token),
            path => files.OpenWriteAsync(path, cancellationToken: Token),
            path => files.DeleteAsync([path], Token),
            path => files.CopyAsync(path, files.Root / "a", cancellationToken: Token),
        })
        {
            var error = await Assert.ThrowsAsync<FileSystemException>(() => verb(StoragePath.Parse(text)));
            Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);
            Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_store_that_copies_from_no_other_says_so_and_publishes_nothing()
    {
        await using var files = new MemoryFileSystem(StoragePath.Parse("memory://driver/"), new MemoryStore());
        await using var same = new MemoryFileSystem(StoragePath.Parse("memory://peer/"), new MemoryStore());
        await using var layer = new TelemetryLayer(new MemoryFileSystem(StoragePath.Parse("memory://peer/"), new MemoryStore()));
        await same.WriteAllBytesAsync(same.Root / "a", new byte[1], cancellationToken: Token);
        IPeerCopy copies = files;
        Assert.Same(files, copies.Unwrapped);
        foreach (var peer in new IFileSystem[] { same, layer })
        {
            Assert.False(copies.CanCopyFrom(peer));
            var error = await Assert.ThrowsAsync<FileSystemException>(() => copies.CopyFromAsync(peer, peer.Root / "a", files.Root / "b", cancellationToken: Token));
            Assert.Equal((FileSystemErrorCode.NotSupported, files.Root / "b"), (error.Code, error.Path));
            Assert.Contains("'memory://driver/' does not copy from 'memory://peer/'", error.Message, StringComparison.Ordinal);
        }
        Assert.False(await files.ExistsAsync(files.Root / "b", Token));
    }
}
