using System.Collections.Immutable;
using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Tests.Checkpoints;

/// <summary>What Flink's tests of its handles assert: reading and discarding.</summary>
public class StateHandleTests
{
    private static readonly byte[] Bytes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Inline_state_can_be_sought_and_read_from_every_position_to_its_end()
    {
        await using var job = new TestJob();
        for (var at = 0; at <= Bytes.Length; at++)
        {
            await using var stream = await new ByteStreamStateHandle("name", Bytes).OpenAsync(job.FileSystems, Token);
            stream.Position = at;
            for (var i = at; i < Bytes.Length; i++)
            {
                Assert.Equal(i, stream.Position);
                Assert.Equal(Bytes[i], stream.ReadByte());
            }
            Assert.Equal((-1, -1), (stream.ReadByte(), stream.ReadByte()));
            Assert.Equal(Bytes.Length, stream.Position);
        }
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(11)]
    [InlineData(int.MaxValue + 100L)]
    public async Task Seeking_outside_of_inline_state_fails(long position)
    {
        await using var job = new TestJob();
        await using var stream = await new ByteStreamStateHandle("name", Bytes).OpenAsync(job.FileSystems, Token);
        var error = Assert.Throws<IOException>(() => stream.Seek(position, SeekOrigin.Begin));
        Assert.Equal("position out of bounds", error.Message);
    }

    [Fact]
    public async Task Reading_several_bytes_of_inline_state_brings_as_many_as_there_are()
    {
        await using var job = new TestJob();
        for (var start = 0; start < Bytes.Length; start++)
        {
            for (var count = 0; count < Bytes.Length; count++)
            {
                await using var stream = await new ByteStreamStateHandle("name", Bytes).OpenAsync(job.FileSystems, Token);
                stream.Position = start;
                var target = new byte[Bytes.Length + 2];
                var expected = Math.Min(count, Bytes.Length - start);
                Assert.Equal(expected, stream.Read(target, 1, count));
                Assert.Equal([0, .. Bytes.Skip(start).Take(expected), .. new byte[Bytes.Length + 1 - expected]], target);
                Assert.Equal(start + expected < Bytes.Length ? Bytes[start + expected] : -1, stream.ReadByte());
            }
        }
    }

    [Theory]
    [InlineData(-1, 5)]
    [InlineData(20, 5)]
    [InlineData(5, -1)]
    [InlineData(5, 20)]
    [InlineData(20, 0)]
    public async Task Reading_into_a_place_that_is_not_in_the_array_fails(int offset, int count)
    {
        await using var job = new TestJob();
        await using var stream = await new ByteStreamStateHandle("name", Bytes).OpenAsync(job.FileSystems, Token);
        Assert.ThrowsAny<ArgumentException>(() => stream.Read(new byte[10], offset, count));
    }

    [Fact]
    public async Task Discarding_a_file_is_one_delete_of_it_and_its_directory_stays()
    {
        var folder = Directory.CreateTempSubdirectory("cairn-handles-");
        try
        {
            var file = Path.Combine(folder.FullName, "state");
            await File.WriteAllBytesAsync(file, Bytes, Token);
            var log = new Cairn.Conformance.RequestLog();
            await using var fileSystems = new FileSystemRegistry([new Cairn.FileSystems.Local.LocalFileSystemProvider()], log.Watch);

            var handle = new FileStateHandle($"file:{file}", Bytes.Length);
            await handle.DiscardAsync(fileSystems, Token);

            Assert.False(File.Exists(file));
            Assert.True(folder.Exists);
            Assert.Equal("1 Delete", $"{log}");
            await handle.DiscardAsync(fileSystems, Token); // gone already: fine
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Discarding_an_incremental_snapshot_that_no_checkpoint_took_over_deletes_all_of_its_files()
    {
        await using var job = new TestJob();
        var handle = new IncrementalRemoteKeyedStateHandle(new KeyGroupRange(0, 127))
        {
            CheckpointId = 1,
            BackendIdentifier = Guid.NewGuid().ToString(),
            MetaDataStateHandle = await FileAsync(job, "description"),
            SharedState = [new HandleAndLocalPath("1.sst", await FileAsync(job, "shared-1")), new HandleAndLocalPath("2.sst", await FileAsync(job, "shared-2"))],
            PrivateState = [new HandleAndLocalPath("MANIFEST", await FileAsync(job, "private"))],
        };
        Assert.Equal(4, (await job.FilesAsync()).Count);

        await handle.Streams().DiscardAllAsync(job.FileSystems, Token);

        Assert.Empty(await job.FilesAsync());
        Assert.Equal(1, job.Requests.Count(FileSystemOperation.Delete));
    }

    [Fact]
    public async Task Key_groups_and_operator_state_are_discarded_with_their_stream_and_inline_state_and_segments_have_nothing_to_delete()
    {
        await using var job = new TestJob();
        var keyGroups = new KeyGroupsStateHandle(new KeyGroupRangeOffsets(new KeyGroupRange(0, 0), [0]), await FileAsync(job, "keyed"));
        var operators = new OperatorStreamStateHandle([new OperatorStateMetaInfo("s", OperatorStateMode.SplitDistribute, ImmutableArray.Create(0L))], await FileAsync(job, "operator"));
        await FileAsync(job, "merged");
        var segment = new SegmentFileStateHandle($"{job.Directory}/merged", 0, 5, CheckpointedStateScope.Shared, "id");

        await keyGroups.Streams().Append(operators.Delegate).Append(segment).Append(new ByteStreamStateHandle("n", Bytes)).DiscardAllAsync(job.FileSystems, Token);

        Assert.Equal(["merged"], await job.FilesAsync());
    }

    [Fact]
    public async Task A_segment_is_read_as_its_part_of_the_file()
    {
        await using var job = new TestJob();
        var file = (FileStateHandle)await FileAsync(job, "merged");
        await using var stream = await new SegmentFileStateHandle(file.FilePath, 3, 4, CheckpointedStateScope.Shared, "id").OpenAsync(job.FileSystems, Token);
        var read = new MemoryStream();
        await stream.CopyToAsync(read, Token);
        Assert.Equal(Bytes[3..7], read.ToArray());
    }

    public static TheoryData<StreamStateHandle> WithoutBytes => new()
    {
        new RelativeFileStateHandle("state", 10),
        EmptySegmentFileStateHandle.Instance,
        new KeyGroupsStreamStateHandle(new KeyGroupRangeOffsets(KeyGroupRange.Empty, []), EmptySegmentFileStateHandle.Instance),
    };

    [Theory]
    [MemberData(nameof(WithoutBytes), DisableDiscoveryEnumeration = true)]
    public async Task Handles_with_no_bytes_to_open_say_what_they_lack_and_have_nothing_to_discard(StreamStateHandle handle)
    {
        await using var job = new TestJob();
        var error = await Assert.ThrowsAsync<CheckpointException>(() => handle.OpenAsync(job.FileSystems, Token));
        Assert.Contains($"no bytes to open behind {StateHandleWalk.Leaf(handle)}", error.Message, StringComparison.Ordinal);
        await handle.DiscardAsync(job.FileSystems, Token);
        Assert.Equal(0, job.Requests.Total);
    }

    [Fact]
    public async Task A_discard_that_fails_as_a_whole_is_an_error_of_its_store_and_the_other_stores_are_tried()
    {
        await using var job = new TestJob(inner => new Interrupted(inner, (operation, path) => operation == FileSystemOperation.Delete && path.Name == "down"
            ? throw new FileSystemException(FileSystemErrorCode.Unavailable, "not now", path)
            : Task.CompletedTask));
        var elsewhere = StoragePath.Parse($"memory://{Guid.NewGuid():N}/state");
        await job.FileSystems.Get(elsewhere).WriteAllBytesAsync(elsewhere, Bytes, cancellationToken: Token);
        StreamStateHandle[] handles = [await FileAsync(job, "down"), new FileStateHandle($"{elsewhere}", Bytes.Length)];

        var error = await Assert.ThrowsAsync<FileSystemException>(() => handles.DiscardAllAsync(job.FileSystems, Token));

        Assert.Equal(FileSystemErrorCode.Unavailable, error.Code);
        Assert.Equal(["down"], await job.FilesAsync());
        Assert.Null(await job.FileSystems.Get(elsewhere).FindAsync(elsewhere, cancellationToken: Token));
    }

    [Fact]
    public async Task Several_files_that_cannot_be_discarded_are_all_named()
    {
        await using var job = new TestJob(inner => new Interrupted(inner, (operation, path) => operation == FileSystemOperation.Delete
            ? throw new FileSystemException(FileSystemErrorCode.Unavailable, $"'{path}' not now", path)
            : Task.CompletedTask));
        var elsewhere = StoragePath.Parse($"memory://{Guid.NewGuid():N}/state");
        StreamStateHandle[] handles = [await FileAsync(job, "a"), new FileStateHandle($"{elsewhere}", 1)];

        var error = await Assert.ThrowsAsync<AggregateException>(() => handles.DiscardAllAsync(job.FileSystems, Token));

        Assert.Equal([$"'{job.Directory}/a' not now", $"'{elsewhere}' not now"], error.InnerExceptions.Select(e => e.Message));
    }

    [Fact]
    public async Task A_discard_that_fails_names_the_file_and_tries_all_others()
    {
        await using var job = new TestJob(inner => new Stubborn(inner));
        var handles = new List<StreamStateHandle>();
        foreach (var name in new[] { "a", "stubborn", "b" })
            handles.Add(await FileAsync(job, name));
        var error = await Assert.ThrowsAsync<FileSystemException>(() => handles.DiscardAllAsync(job.FileSystems, Token));
        Assert.Contains("stubborn", error.Message, StringComparison.Ordinal);
        Assert.Equal(["stubborn"], await job.FilesAsync());
    }

    private static async Task<StreamStateHandle> FileAsync(TestJob job, string name)
    {
        var entry = await job.FileSystem.WriteAllBytesAsync(job.Directory / name, Bytes, cancellationToken: Token);
        return new FileStateHandle($"{entry.Path}", entry.Length);
    }

    private sealed class Stubborn(IFileSystem inner) : FileSystemLayer(inner)
    {
        public override async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default)
        {
            var others = paths.Where(path => path.Name != "stubborn").ToList();
            var results = await base.DeleteAsync(others, cancellationToken);
            return [.. results, .. paths.Except(others).Select(path => new DeleteResult(path, new FileSystemException(FileSystemErrorCode.PermissionDenied, $"'{path}' stays.", path)))];
        }
    }
}
