using System.Collections;
using System.Runtime.CompilerServices;
using Cairn.Conformance;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.FileSystems.Memory;

namespace Cairn.Tests.FileSystems;

/// <summary>What the conveniences cost and how they fail; that they work on each store is in the conformance suite.</summary>
public sealed class FileSystemExtensionsTests : IAsyncDisposable
{
    private static readonly StoragePath Root = StoragePath.Parse("memory://extensions/");
    private static readonly StoragePath File = Root / "file";

    private readonly RequestLog _log = new();
    private readonly IFileSystem _files;
    private readonly byte[] _bytes = new byte[1_000_000];

    public FileSystemExtensionsTests()
    {
        new Random(5).NextBytes(_bytes);
        var store = new MemoryStore();
        store.Put("file", _bytes, DateTimeOffset.UnixEpoch);
        _files = _log.Watch(new MemoryFileSystem(Root, store));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Theory]
    [InlineData(2_000_000, 3, 1)]
    [InlineData(1_000_000, 3, 1)]
    [InlineData(300_000, 1, 4)]
    [InlineData(300_000, 3, 4)]
    [InlineData(300_000, 9, 4)]
    [InlineData(1000, 3, 1000)]
    public async Task A_download_is_one_request_for_each_part_and_every_byte_is_in_its_place(int partSize, int parallelism, int requests)
    {
        var options = new DownloadOptions { PartSize = partSize, Parallelism = parallelism };
        using var copy = new MemoryStream();
        var entry = await _files.DownloadAsync(File, copy, options, Token);
        Assert.Equal(_bytes, copy.ToArray());
        Assert.Equal(_bytes.Length, entry.Length);
        Assert.Equal($"{requests} Read", _log.ToString());

        await using var file = TemporaryFile();
        file.Write([1, 2, 3]);
        await _files.DownloadAsync(File, file, options, Token);
        file.WriteByte(4);
        file.Position = 0;
        var written = new byte[file.Length];
        await file.ReadExactlyAsync(written, Token);
        Assert.Equal([1, 2, 3, .. _bytes, 4], written);
    }

    [Fact]
    public async Task A_stream_that_makes_more_of_a_file_is_written_in_order()
    {
        await using var file = new CountingFile(Path.GetTempFileName());
        await _files.DownloadAsync(File, file, new() { PartSize = 300_000 }, Token);
        Assert.Equal(_bytes.Length, file.Written);
    }

    [Fact]
    public async Task A_download_of_a_file_that_is_replaced_meanwhile_says_so()
    {
        using var replacing = new ReplacingStream(() => _files.WriteAllBytesAsync(File, new byte[1_000_000], WriteMode.Overwrite, Token));
        await Assert.ThrowsAsync<FileChangedException>(() => _files.DownloadAsync(File, replacing, new() { PartSize = 100_000, Parallelism = 2 }, Token));
        var absent = await Assert.ThrowsAsync<FileSystemException>(() => _files.DownloadAsync(Root / "absent", replacing, cancellationToken: Token));
        Assert.Equal(FileSystemErrorCode.NotFound, absent.Code);
    }

    /// <summary>Into a file, where parts are written at their places.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_download_into_a_file_never_mixes_two_versions(int parallelism)
    {
        await using var file = TemporaryFile();
        var changing = new ChangesAfterFirstOpen(_files);
        await Assert.ThrowsAsync<FileChangedException>(() => changing.DownloadAsync(File, file, new() { PartSize = 100_000, Parallelism = parallelism }, Token));
    }

    [Fact]
    public async Task Whole_files_cost_one_request_each()
    {
        Assert.True(await _files.ExistsAsync(File, Token));
        Assert.Equal(_bytes, await _files.ReadAllBytesAsync(File, cancellationToken: Token));
        await _files.WriteAllBytesAsync(Root / "new", _bytes, cancellationToken: Token);
        await _files.DeleteAsync(File, Token);
        Assert.Equal("1 Find, 1 Read, 1 Write, 1 Delete", _log.ToString());
        Assert.False(await _files.ExistsAsync(File, Token));
        Assert.Equal(FileSystemErrorCode.NotFound, (await Assert.ThrowsAsync<FileSystemException>(() => _files.GetAsync(File, Token))).Code);
    }

    [Fact]
    public async Task A_file_that_is_shorter_than_its_entry_says_is_corrupt_and_not_short()
    {
        var cut = new Cut(_files, 10);
        Func<Task>[] reads =
        [
            () => cut.ReadAllBytesAsync(File, cancellationToken: Token),
            () => cut.ReadRangesAsync(File, [new(5, 10)], cancellationToken: Token),
            () => cut.CopyToAsync(File, _files, Root / "copy", cancellationToken: Token),
            async () => await (await cut.OpenSeekableAsync(File, cancellationToken: Token)).ReadExactlyAsync(new byte[20], Token),
        ];
        foreach (var read in reads)
            Assert.Equal(FileSystemErrorCode.Corrupt, (await Assert.ThrowsAsync<FileSystemException>(read)).Code);
        Assert.False(await _files.ExistsAsync(Root / "copy", Token));
    }

    [Fact]
    public async Task More_than_an_array_holds_is_refused_and_a_range_of_it_is_read()
    {
        var large = new Claims(_files, 1L << 40);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => large.ReadAllBytesAsync(File, cancellationToken: Token));
        Assert.Equal((FileSystemErrorCode.NotSupported, File), (error.Code, error.Path));
        Assert.Contains("1099511627776 bytes", error.Message, StringComparison.Ordinal);
        Assert.Equal(_bytes[5..15], await large.ReadAllBytesAsync(File, new() { Offset = 5, Length = 10 }, Token));
    }

    [Theory]
    [InlineData(0, 100_000, 4)]
    [InlineData(100, 100_000, 3)]
    [InlineData(1_000, 100_000, 2)]
    [InlineData(1_000_000, 2_000_000, 1)]
    [InlineData(1_000_000, 600, 3)]
    public async Task Near_ranges_share_a_request_up_to_its_length(int gap, int most, int requests)
    {
        ByteRange[] ranges = [new(500_000, 10), new(100, 100), new(200, 50), new(350, 10), new(1_200, 10)];
        using var read = await _files.ReadRangesAsync(File, ranges, new() { MergeGap = gap, MaxMergedLength = most }, Token);
        for (var i = 0; i < ranges.Length; i++)
            Assert.Equal(_bytes.AsSpan((int)ranges[i].Offset, ranges[i].Length), read[i].Span);
        Assert.Equal($"{requests} Read", _log.ToString());
        Assert.Equal(ranges.Select(range => range.Length), ((IEnumerable)read).Cast<object>().Select(bytes => ((ReadOnlyMemory<byte>)bytes).Length));
    }

    [Fact]
    public async Task Nothing_to_read_costs_nothing()
    {
        using var none = await _files.ReadRangesAsync(File, [], cancellationToken: Token);
        using var empty = await _files.ReadRangesAsync(File, [new(10, 0), new(0, 0)], cancellationToken: Token);
        Assert.Empty(none);
        Assert.All(empty, range => Assert.Equal(0, range.Length));
        Assert.Equal("none", _log.ToString());
    }

    [Fact]
    public async Task No_more_requests_run_at_once_than_allowed()
    {
        var counter = new OpenStreams(_files, atLeast: 3);
        var ranges = Enumerable.Range(0, 50).Select(i => new ByteRange(i * 1000, 10)).ToList();
        using var read = await counter.ReadRangesAsync(File, ranges, new() { MergeGap = 0, Parallelism = 3 }, Token);
        Assert.Equal(3, counter.Most);
        Assert.Equal(0, counter.Open);
    }

    [Fact]
    public async Task Ranges_of_two_versions_are_never_mixed()
    {
        var changing = new ChangesAfterFirstOpen(_files);
        ByteRange[] ranges = [new(0, 10), new(900_000, 10)];
        await Assert.ThrowsAsync<FileChangedException>(() => changing.ReadRangesAsync(File, ranges, new() { Parallelism = 1 }, Token));
    }

    [Fact]
    public async Task Ranges_that_cannot_be_are_argument_errors()
    {
        foreach (var range in new ByteRange[] { new(-1, 1), new(1, -1), new(long.MaxValue, 1) })
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _files.ReadRangesAsync(File, [range], cancellationToken: Token));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => _files.ReadRangesAsync(File, [], new() { Parallelism = 0 }, Token));
    }

    [Fact]
    public async Task Disposed_ranges_give_nothing_more()
    {
        var read = await _files.ReadRangesAsync(File, [new(0, 10)], cancellationToken: Token);
        read.Dispose();
        read.Dispose();
        Assert.Throws<ObjectDisposedException>(() => read[0]);
    }

    [Fact]
    public async Task A_seek_costs_a_request_unless_it_is_a_short_one_forward()
    {
        await using var view = await _files.OpenSeekableAsync(File, cancellationToken: Token);
        foreach (var (position, requests) in new[] { (0, 0), (5_000, 0), (100_000, 0), (500_000, 1), (500_100, 1), (0, 2), (999_990, 3), (999_995, 3) })
        {
            Assert.Equal(position, view.Seek(position, SeekOrigin.Begin));
            Assert.Equal(_bytes[position], await ReadByteAsync(view));
            Assert.Equal(requests, _log.Count(FileSystemOperation.Read));
        }
        Assert.Equal(1, _log.Count(FileSystemOperation.Find));
    }

    [Fact]
    public async Task A_known_entry_saves_the_look_up()
    {
        var known = await _files.GetAsync(File, Token);
        _log.Clear();
        await using (var view = await _files.OpenSeekableAsync(File, known, Token))
            Assert.Equal(_bytes[0], await ReadByteAsync(view));
        Assert.Equal("1 Read", _log.ToString());
    }

    [Fact]
    public async Task A_synchronous_read_works_where_no_request_is_needed_and_says_so_elsewhere()
    {
        await using var view = await _files.OpenSeekableAsync(File, cancellationToken: Token);
        Assert.Throws<NotSupportedException>(() => view.ReadByte());
        Assert.Equal(_bytes[0], await ReadByteAsync(view));
        Assert.Equal(_bytes[1], view.ReadByte());
        view.Position += 5_000;
        Assert.Equal(_bytes[5_002], view.ReadByte());
        view.Position = 0;
        Assert.Throws<NotSupportedException>(() => view.ReadByte());
        view.Position = view.Length;
        Assert.Equal(-1, view.ReadByte());
    }

    [Fact]
    public async Task A_read_of_nothing_costs_nothing_and_a_view_that_is_closed_ends_its_request()
    {
        var counter = new OpenStreams(_files, atLeast: 1);
        var view = await counter.OpenSeekableAsync(File, cancellationToken: Token);
        Assert.Equal(0, view.Read([], 0, 0));
        Assert.Equal(0, await ReadArrayAsync(view, [], 0, 0));
        Assert.Equal(0, counter.Most);
        var bytes = new byte[4];
        Assert.Equal(3, await view.ReadAtLeastAsync(bytes.AsMemory(0, 1), 1, cancellationToken: Token) + await ReadArrayAsync(view, bytes, 1, 2));
        Assert.Equal([.. _bytes[..3], 0], bytes);
        Assert.Equal(1, counter.Open);
        await Task.Run(view.Dispose, Token);
        Assert.Equal(0, counter.Open);
        Assert.Equal((false, false), (view.CanRead, view.CanSeek));
    }

    [Fact]
    public async Task A_seekable_view_seeks_as_streams_do()
    {
        await using var view = await _files.OpenSeekableAsync(File, cancellationToken: Token);
        Assert.Equal(_bytes.Length - 3, view.Seek(-3, SeekOrigin.End));
        Assert.Equal(_bytes.Length - 1, view.Seek(2, SeekOrigin.Current));
        Assert.Throws<IOException>(() => view.Seek(-1, SeekOrigin.Begin));
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Position = -1);
        Assert.Throws<NotSupportedException>(() => view.SetLength(1));
        await view.DisposeAsync();
        Assert.False(view.CanRead);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadByteAsync(view));
    }

    [Fact]
    public async Task A_file_that_is_removed_before_a_seekable_view_is_read_has_changed()
    {
        await using var view = await _files.OpenSeekableAsync(File, cancellationToken: Token);
        await _files.DeleteAsync(File, Token);
        await Assert.ThrowsAsync<FileChangedException>(() => ReadByteAsync(view));
    }

    [Fact]
    public async Task A_tree_of_many_files_goes_in_batches()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 2_100), Token, async (i, token) => await _files.WriteAllBytesAsync(Root / $"tree/{i}", new byte[1], cancellationToken: token));
        _log.Clear();
        var result = await _files.DeleteTreeAsync(Root / "tree", Token);
        Assert.Equal(2_100, result.Deleted);
        Assert.Equal("3 List, 3 Delete", _log.ToString());
    }

    [Fact]
    public async Task What_cannot_be_deleted_is_counted_and_the_rest_goes()
    {
        for (var i = 0; i < 250; i++)
            await _files.WriteAllBytesAsync(Root / $"tree/{i}", new byte[1], cancellationToken: Token);
        var result = await new Holds(_files, path => path.Name.EndsWith('1') || path.Name.Length == 3).DeleteTreeAsync(Root / "tree", Token);
        Assert.Equal(90, result.Deleted);
        Assert.Equal(160, result.Failed);
        Assert.Equal(100, result.Failures.Count);
        var error = Assert.Throws<FileSystemException>(result.ThrowIfFailed);
        Assert.Equal(FileSystemErrorCode.PermissionDenied, error.Code);
        Assert.Contains("160 entries", error.Message, StringComparison.Ordinal);
        Assert.Contains("memory://extensions/tree", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_without_a_path_is_one_of_the_directory()
    {
        await _files.WriteAllBytesAsync(Root / "tree/a", new byte[1], cancellationToken: Token);
        var result = await new Holds(_files, _ => true, tellsPath: false).DeleteTreeAsync(Root / "tree", Token);
        Assert.Equal(Root / "tree", Assert.Throws<FileSystemException>(result.ThrowIfFailed).Path);
    }

    [Fact]
    public async Task Objects_that_stand_for_directories_go_after_what_lies_in_them()
    {
        string[] directories = ["tree", "tree/a", "tree/a/b", "tree/z", "tree/z/z"], files = ["tree/a-b", "tree/a/b/1", "tree/a/b/2", "tree/aa", "tree/z/z/3"];
        foreach (var name in directories.Concat(files))
            await _files.WriteAllBytesAsync(Root / name, new byte[1], cancellationToken: Token);
        var result = await new WithDirectoryObjects(_files, [.. directories.Select(name => Root / name)]).DeleteTreeAsync(Root / "tree", Token);
        Assert.Equal((files.Length, 0), (result.Deleted, result.Failed));
        Assert.Equal([File], await _files.ListAsync(Root, new() { Recursive = true }, Token).Select(entry => entry.Path).ToListAsync(Token));
    }

    [Fact]
    public async Task A_single_delete_throws_its_own_error()
    {
        var error = await Assert.ThrowsAsync<FileSystemException>(() => new Holds(_files, _ => true).DeleteAsync(File, Token));
        Assert.Equal((FileSystemErrorCode.PermissionDenied, File), (error.Code, error.Path));
    }

    [Fact]
    public async Task A_move_whose_source_cannot_be_deleted_leaves_both_and_says_so()
    {
        var holds = new Holds(_files, _ => true);
        await Assert.ThrowsAsync<FileSystemException>(() => holds.MoveAsync(File, Root / "moved", cancellationToken: Token));
        Assert.True(await _files.ExistsAsync(File, Token));
        Assert.True(await _files.ExistsAsync(Root / "moved", Token));
    }

    [Fact]
    public async Task A_copy_within_one_file_system_moves_no_bytes_and_between_two_it_is_one_read_and_one_write()
    {
        await _files.CopyToAsync(File, _files, Root / "copy", cancellationToken: Token);
        Assert.Equal("1 Copy", _log.ToString());
        _log.Clear();
        await using var other = _log.Watch(new MemoryFileSystem(StoragePath.Parse("memory://other/"), new MemoryStore()));
        await _files.CopyToAsync(File, other, other.Root / "copy", cancellationToken: Token);
        Assert.Equal("1 Read, 1 Write", _log.ToString());
        Assert.Equal(_bytes, await other.ReadAllBytesAsync(other.Root / "copy", cancellationToken: Token));
    }

    /// <summary>Wrapped or not, whether or not the layers know of copies between stores.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "")]
    [InlineData("", "plain")]
    [InlineData("telemetry", "limits")]
    [InlineData("limits", "telemetry")]
    [InlineData("plain telemetry", "plain limits")]
    [InlineData("plain limits", "plain telemetry")]
    [InlineData("telemetry limits", "limits plain")]
    public async Task Where_the_stores_cannot_copy_from_one_another_a_copy_is_a_stream(string from, string to)
    {
        await using var source = Wrap(_files, from);
        await using var target = Wrap(new MemoryFileSystem(StoragePath.Parse("memory://target/"), new MemoryStore()), to);
        var copy = target.Root / "copy";
        await source.CopyToAsync(File, target, copy, cancellationToken: Token);
        Assert.Equal(_bytes, await target.ReadAllBytesAsync(copy, cancellationToken: Token));
        Assert.False(target is IPeerCopy peer && peer.CanCopyFrom(source));
    }

    [Fact]
    public async Task A_copy_from_store_to_store_is_of_the_version_that_was_asked_for()
    {
        await using var other = new MemoryFileSystem(StoragePath.Parse("memory://other/"), new MemoryStore());
        var options = new CopyOptions { Source = await _files.GetAsync(File, Token) };
        await _files.CopyToAsync(File, other, other.Root / "same", options, Token);
        await _files.WriteAllBytesAsync(File, new byte[1], WriteMode.Overwrite, Token);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => _files.CopyToAsync(File, other, other.Root / "later", options, Token));
        Assert.Equal((FileSystemErrorCode.PreconditionFailed, File), (error.Code, error.Path));
        Assert.Equal(_bytes, await other.ReadAllBytesAsync(other.Root / "same", cancellationToken: Token));
        Assert.False(await other.ExistsAsync(other.Root / "later", Token));
    }

    private static IFileSystem Wrap(IFileSystem fileSystem, string layers) => layers.Split(' ').Aggregate(fileSystem, (inner, layer) => layer switch
    {
        "plain" => new Holds(inner, _ => false),
        "telemetry" => new TelemetryLayer(inner),
        "limits" => new ConcurrencyLimitLayer(inner, new() { Total = 1 }),
        _ => inner,
    });

#pragma warning disable CA1835 // The overload of arrays is what is tried.
    private static Task<int> ReadArrayAsync(Stream stream, byte[] bytes, int offset, int count) => stream.ReadAsync(bytes, offset, count, Token);
#pragma warning restore CA1835

    private static FileStream TemporaryFile() =>
        new(Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose });

    private static async Task<int> ReadByteAsync(Stream stream)
    {
        var buffer = new byte[1];
        return await stream.ReadAsync(buffer, Token) == 1 ? buffer[0] : -1;
    }

    /// <summary>Sends only so many bytes, whatever the file's length is.</summary>
    private sealed class Cut(IFileSystem inner, int length) : FileSystemLayer(inner)
    {
        public override async Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default) =>
            new Stream(await base.OpenReadAsync(path, options, cancellationToken), (int)Math.Max(length - (options?.Offset ?? 0), 0));

        private sealed class Stream(FileReadStream inner, int left) : FileReadStreamLayer(inner)
        {
            private int _left = left;

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                var read = await base.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
                _left -= read;
                return read;
            }

            protected override void OnDisposed()
            {
            }
        }
    }

    /// <summary>Says that its files have another length than they have.</summary>
    private sealed class Claims(IFileSystem inner, long length) : FileSystemLayer(inner)
    {
        public override async Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default) =>
            new Stream(await base.OpenReadAsync(path, options, cancellationToken), length);

        private sealed class Stream(FileReadStream inner, long length) : FileReadStreamLayer(inner)
        {
            public override FileEntry Entry => Inner.Entry with { Length = length };

            protected override void OnDisposed()
            {
            }
        }
    }

    /// <summary>Lists some objects as directories, as stores with a hierarchy do, and refuses to delete one that something lies in.</summary>
    private sealed class WithDirectoryObjects(IFileSystem inner, HashSet<StoragePath> directories) : FileSystemLayer(inner)
    {
        public override async Task<FileEntry?> FindAsync(StoragePath path, FindOptions? options = null, CancellationToken cancellationToken = default) =>
            await base.FindAsync(path, options, cancellationToken) is { } entry ? Shown(entry) : null;

        public override async IAsyncEnumerable<FileEntry> ListAsync(
            StoragePath directory, ListOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await foreach (var entry in base.ListAsync(directory, options, cancellationToken))
                yield return Shown(entry);
        }

        public override async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default)
        {
            var results = new List<DeleteResult>();
            foreach (var path in paths)
            {
                var isFull = directories.Contains(path) && await base.ListAsync(path, null, cancellationToken).AnyAsync(cancellationToken);
                results.Add(isFull
                    ? new DeleteResult(path, new FileSystemException(FileSystemErrorCode.Conflict, $"'{path}' is not empty.", path))
                    : (await base.DeleteAsync([path], cancellationToken))[0]);
            }
            return results;
        }

        private FileEntry Shown(FileEntry entry) => directories.Contains(entry.Path) ? entry with { Kind = EntryKind.Directory } : entry;
    }

    /// <summary>Refuses to delete some files.</summary>
    private sealed class Holds(IFileSystem inner, Func<StoragePath, bool> holds, bool tellsPath = true) : FileSystemLayer(inner)
    {
        public override async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default)
        {
            await base.DeleteAsync([.. paths.Where(path => !holds(path))], cancellationToken);
            return [.. paths.Select(path => new DeleteResult(path, holds(path) ? new FileSystemException(FileSystemErrorCode.PermissionDenied, $"'{path}' is held.", tellsPath ? path : null) : null))];
        }
    }

    /// <summary>Replaces the file once it was opened.</summary>
    private sealed class ChangesAfterFirstOpen(IFileSystem inner) : FileSystemLayer(inner)
    {
        private bool _changed;

        public override async Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default)
        {
            var stream = await base.OpenReadAsync(path, options, cancellationToken);
            if (!_changed)
                await Inner.WriteAllBytesAsync(path, new byte[1_000_000], WriteMode.Overwrite, cancellationToken);
            _changed = true;
            return stream;
        }
    }

    /// <summary>Counts the streams that are open at once, and holds the first ones until there are enough of them.</summary>
    private sealed class OpenStreams(IFileSystem inner, int atLeast) : FileSystemLayer(inner)
    {
        private readonly Lock _lock = new();
        private readonly TaskCompletionSource _enough = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Open { get; private set; }

        public int Most { get; private set; }

        public override async Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default)
        {
            Change(1);
            await _enough.Task.WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
            return new Stream(await base.OpenReadAsync(path, options, cancellationToken), this);
        }

        private void Change(int by)
        {
            lock (_lock)
                Most = Math.Max(Most, Open += by);
            if (Most >= atLeast)
                _enough.TrySetResult();
        }

        private sealed class Stream(FileReadStream inner, OpenStreams counter) : FileReadStreamLayer(inner)
        {
            protected override void OnDisposed() => counter.Change(-1);
        }
    }

    /// <summary>Replaces the file when its first bytes arrive.</summary>
    private sealed class ReplacingStream(Func<Task> replace) : MemoryStream
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Length == 0)
                await replace();
            await base.WriteAsync(buffer, cancellationToken);
        }
    }

    private sealed class CountingFile(string path) : FileStream(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose })
    {
        public long Written { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            return base.WriteAsync(buffer, cancellationToken);
        }
    }
}
