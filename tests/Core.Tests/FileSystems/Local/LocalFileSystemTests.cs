using Cairn.FileSystems;
using Cairn.FileSystems.Local;
using Cairn.FileSystems.Local.Portable;
using Cairn.Worker;
using Microsoft.Win32.SafeHandles;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>What is special about files on a disk; what every file system does is tested by the conformance suite.</summary>
public sealed class LocalFileSystemTests
{
    [Fact]
    public async Task A_commit_makes_the_directories_and_leaves_nothing_but_the_file()
    {
        await using var folder = new LocalFolder();
        var entry = await folder.WriteAsync("a/b/c", "hello");

        Assert.Equal("hello", await folder.ReadTextAsync("a/b/c"));
        Assert.Equal("hello", await File.ReadAllTextAsync(Path.Combine(folder.Native, "a/b/c"), LocalFolder.Token));
        Assert.Equal(["a", "a/b", "a/b/c"], folder.Names);
        Assert.Equal(entry, await folder.Files.FindAsync(folder.Path / "a/b/c", cancellationToken: LocalFolder.Token));
    }

    [Fact]
    public async Task What_is_being_written_is_neither_found_nor_listed_nor_addressable()
    {
        await using var folder = new LocalFolder();
        await using var writer = await folder.Files.OpenWriteAsync(folder.Path / "a", cancellationToken: LocalFolder.Token);
        await writer.Stream.WriteAsync(new byte[1 << 20], LocalFolder.Token);

        var temporary = Assert.Single(folder.Names);
        Assert.Empty(await folder.ListAsync());
        Assert.Empty(await folder.ListAsync(recursive: true));
        Assert.Null(await folder.Files.FindAsync(folder.Path / "a", cancellationToken: LocalFolder.Token));
        var error = await Assert.ThrowsAsync<FileSystemException>(() => folder.WriteAsync(temporary, "x", WriteMode.Overwrite));
        Assert.Equal(FileSystemErrorCode.InvalidPath, error.Code);

        await writer.DisposeAsync();
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Create_finds_the_name_taken_by_a_file_or_a_directory_and_changes_nothing()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("file", "first");
        await folder.Files.CreateDirectoryAsync(folder.Path / "directory", LocalFolder.Token);

        foreach (var name in new[] { "file", "directory" })
        {
            var error = await Assert.ThrowsAsync<FileSystemException>(() => folder.WriteAsync(name, "second"));
            Assert.Equal(FileSystemErrorCode.AlreadyExists, error.Code);
        }
        Assert.Equal("first", await folder.ReadTextAsync("file"));
        Assert.Equal(["directory", "file"], folder.Names);
    }

    [Fact]
    public async Task Replace_takes_the_version_it_expects_and_no_other()
    {
        await using var folder = new LocalFolder();
        var first = await folder.WriteAsync("a", "1");
        var second = await folder.WriteAsync("a", "2", WriteMode.Replace(first.ETag!));

        var error = await Assert.ThrowsAsync<FileSystemException>(() => folder.WriteAsync("a", "3", WriteMode.Replace(first.ETag!)));
        Assert.Equal(FileSystemErrorCode.PreconditionFailed, error.Code);
        Assert.Equal("2", await folder.ReadTextAsync("a", new ReadOptions { IfMatch = second.ETag }));

        await folder.Files.DeleteAsync([folder.Path / "a"], LocalFolder.Token);
        error = await Assert.ThrowsAsync<FileSystemException>(() => folder.WriteAsync("a", "3", WriteMode.Replace(second.ETag!)));
        Assert.Equal(FileSystemErrorCode.PreconditionFailed, error.Code);
        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Deleting_leaves_directories_that_are_not_empty_and_takes_those_that_are()
    {
        await using var folder = new LocalFolder();
        await folder.WriteAsync("full/a", "");
        await folder.WriteAsync("empty/a", "");

        var results = await folder.Files.DeleteAsync(
            [folder.Path / "full", folder.Path / "empty/a", folder.Path / "empty", folder.Path / "no/such"], LocalFolder.Token);

        Assert.All(results, result => Assert.Null(result.Error));
        Assert.Equal(["full", "full/a"], folder.Names);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(300_000)]
    public async Task Bytes_are_written_and_read_without_waiting_as_well(int piece)
    {
        await using var folder = new LocalFolder();
        var bytes = Pattern.Of(1, 300_000);
        await using (var writer = await folder.Files.OpenWriteAsync(folder.Path / "a", cancellationToken: LocalFolder.Token))
        {
            for (var at = 0; at < bytes.Length; at += piece)
                writer.Stream.Write(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
            await writer.CommitAsync(LocalFolder.Token);
        }
        await using var stream = await folder.Files.OpenReadAsync(folder.Path / "a", cancellationToken: LocalFolder.Token);
        using var read = new MemoryStream();
        stream.CopyTo(read, piece);
        Assert.Equal(bytes, read.ToArray());
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 1_000)]
    [InlineData(false, 1_500)]
    [InlineData(true, 0)]
    [InlineData(true, 1_000)]
    [InlineData(true, 1_500)]
    public async Task A_copy_of_a_file_that_is_cut_written_or_longer_meanwhile_is_told_and_not_published(bool portable, int length)
    {
        await using var folder = new LocalFolder(create: options => new LocalFileSystem(
            options, TimeProvider.System, new ChangingDisk(portable ? new PortableDisk(options) : LocalDisk.Create(options, TimeProvider.System), length)));
        await folder.WriteAsync("a", Pattern.Of(1, 1_000));

        var error = await Assert.ThrowsAsync<FileChangedException>(() => folder.Files.CopyAsync(folder.Path / "a", folder.Path / "b", cancellationToken: LocalFolder.Token));
        Assert.Equal(folder.Path / "a", error.Path);
        Assert.Equal(["a"], folder.Names);
    }

    [Fact]
    public async Task A_copy_is_whole_and_has_a_version_of_its_own()
    {
        await using var folder = new LocalFolder();
        var content = new byte[3_000_001];
        new Random(1).NextBytes(content);
        var source = await folder.WriteAsync("a", content);

        var copy = await folder.Files.CopyAsync(folder.Path / "a", folder.Path / "b/c", cancellationToken: LocalFolder.Token);

        Assert.Equal(content, await folder.ReadAsync("b/c"));
        Assert.Equal(content.Length, copy.Length);
        Assert.NotEqual(source.ETag, copy.ETag);
    }

    /// <summary>On this machine's disk as it is, and as it would be read where the system cannot tell what it has in memory.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_range_is_read_whatever_the_sizes_of_file_buffer_and_reads(bool portable)
    {
        await using var folder = new LocalFolder(
            new LocalFileSystemOptions { BufferSize = LocalFileSystemOptions.MinBufferSize },
            create: portable ? options => new LocalFileSystem(options, TimeProvider.System, new PortableDisk(options)) : null);
        var content = new byte[20_000];
        new Random(2).NextBytes(content);
        await folder.WriteAsync("a", content);

        foreach (var (offset, length) in new (long, long?)[] { (0, null), (1, 1), (4095, 4098), (19_999, 5), (20_000, null), (30_000, 1), (5, long.MaxValue), (0, 0) })
        {
            foreach (var piece in new[] { 1, 4095, 4096, 50_000 })
                Assert.Equal(Slice(content, offset, length), await ReadInPiecesAsync(folder, new ReadOptions { Offset = offset, Length = length }, piece));
        }
    }

    /// <summary>Another program changes a file in the moment after it was opened.</summary>
    private sealed class ChangingDisk(LocalDisk inner, int length) : LocalDisk
    {
        public override FileSystemCapabilities Capabilities => inner.Capabilities;

        public override FileEntry? Find(LocalPath path) => inner.Find(path);

        public override (SafeFileHandle Handle, FileEntry Entry) OpenRead(LocalPath path)
        {
            var opened = inner.OpenRead(path);
            using (var file = new FileStream(path.Native, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                file.SetLength(length);
            File.SetLastWriteTimeUtc(path.Native, DateTime.UtcNow.AddMinutes(1)); // the system's clock may be coarser than this test is fast
            return opened;
        }

        public override FileEntry Describe(SafeFileHandle handle, LocalPath path) => inner.Describe(handle, path);

        public override bool IsUnchanged(SafeFileHandle handle, LocalPath path, FileEntry entry) => inner.IsUnchanged(handle, path, entry);

        public override TemporaryFile CreateTemporary(LocalPath target) => inner.CreateTemporary(target);

        public override IEnumerable<FileEntry> List(LocalPath directory, bool recursive) => inner.List(directory, recursive);

        public override void CreateDirectory(LocalPath directory) => inner.CreateDirectory(directory);

        public override Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyList<LocalPath> paths, CancellationToken cancellationToken) =>
            inner.DeleteAsync(paths, cancellationToken);

        public override SweepResult Sweep(LocalPath directory, DateTimeOffset before, CancellationToken cancellationToken) => inner.Sweep(directory, before, cancellationToken);
    }

    private static byte[] Slice(byte[] content, long offset, long? length) =>
        [.. content.Skip((int)offset).Take((int)Math.Min(length ?? content.Length, content.Length))];

    private static async Task<byte[]> ReadInPiecesAsync(LocalFolder folder, ReadOptions range, int piece)
    {
        await using var stream = await folder.Files.OpenReadAsync(folder.Path / "a", range, LocalFolder.Token);
        var buffer = new byte[piece];
        var all = new List<byte>();
        for (var turn = 0; ; turn++)
        {
            // Synchronous and asynchronous reads share one buffer.
            var read = turn % 2 == 0 ? await stream.ReadAsync(buffer, LocalFolder.Token) : stream.Read(buffer, 0, buffer.Length);
            if (read == 0)
                return [.. all];
            all.AddRange(buffer[..read]);
        }
    }
}
