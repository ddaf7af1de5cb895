using Cairn.Checkpoints;
using Cairn.Checkpoints.State;
using Cairn.Conformance.Checkpoints;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Tests.Checkpoints;

/// <summary>What Flink's tests of its state and metadata streams assert.</summary>
public class StateStreamTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(222, 512, true)]
    [InlineData(896, 15, false)]
    [InlineData(576_446, 17, false)]
    [InlineData(16_678, 0, false)]
    public async Task State_written_in_random_pieces_is_read_back_and_gone_when_it_is_discarded(int size, int threshold, bool isInline)
    {
        await using var job = new TestJob();
        var random = new Random(size);
        var bytes = new byte[size];
        random.NextBytes(bytes);
        await using var output = await Factory(job, threshold).CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token);
        for (var at = 0; at < size;)
        {
            var count = Math.Min(random.Next(10), size - at);
            if (count == 1)
                output.Stream.WriteByte(bytes[at]);
            else
                await output.Stream.WriteAsync(bytes.AsMemory(at, count), Token);
            at += count;
        }

        var handle = await output.FinishAsync(Token);

        Assert.Equal(isInline, handle is ByteStreamStateHandle);
        Assert.Equal(bytes, await StorageFamilyTests.ReadAsync(job.FileSystems, handle!));
        Assert.Equal(isInline ? 0 : 1, (await job.FilesAsync()).Count);
        await handle!.DiscardAsync(job.FileSystems, Token);
        Assert.Empty(await job.FilesAsync());
    }

    [Fact]
    public async Task The_position_is_exact_below_and_above_the_threshold()
    {
        await using var job = new TestJob();
        await using var output = await Factory(job, 17).CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token);
        for (var i = 0; i < 64; i++)
        {
            Assert.Equal(i, output.Position);
            output.Stream.WriteByte(0x42);
        }
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal(64 + (i * 9), output.Position);
            output.Stream.WriteByte(0x42);
            await output.Stream.WriteAsync(new byte[8], Token);
        }
        Assert.Equal(127, output.Position);
    }

    [Fact]
    public async Task A_stream_that_is_disposed_leaves_nothing()
    {
        await using var job = new TestJob();
        await using (var output = await Factory(job, 4).CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token))
            await output.Stream.WriteAsync(new byte[5], Token);
        Assert.Empty(await job.FilesAsync());
    }

    [Fact]
    public async Task A_finish_that_fails_leaves_nothing_and_deletes_nothing_else()
    {
        using var faults = new FaultInjector(RequestFault.NeverSent, 1);
        await using var job = new TestJob(inner => faults.Watch(inner));
        await using (var output = await Factory(job, 4).CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token))
        {
            await output.Stream.WriteAsync(new byte[5], Token);
            await Assert.ThrowsAsync<FileSystemException>(() => output.FinishAsync(Token));
        }
        Assert.Equal(0, job.Requests.Count(FileSystemOperation.Delete));
        Assert.Empty(await job.FilesAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_closed_stream_takes_no_byte_and_no_array(bool memoryBackend)
    {
        await using var job = new TestJob();
        var location = await job.Backend(memoryBackend).InitializeLocationForCheckpointAsync(1, Token);
        var output = await location.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token);
        await output.DisposeAsync();
        Assert.Throws<IOException>(() => output.Stream.WriteByte(1));
        await Assert.ThrowsAsync<IOException>(() => output.Stream.WriteAsync(new byte[4], Token).AsTask());
        Assert.False(output.Stream.CanWrite);
    }

    [Fact]
    public async Task Streams_below_and_above_the_threshold_share_a_directory_that_is_empty_when_all_are_discarded()
    {
        await using var job = new TestJob();
        var factory = Factory(job, 15);
        var contents = new[] { 1_274_673, 1, 0, 177 }.Select(size => Enumerable.Range(size, size).Select(i => (byte)i).ToArray()).ToList();
        var handles = await Task.WhenAll(contents.Select(bytes => WriteAsync(factory, CheckpointedStateScope.Exclusive, bytes)));
        await using (var closed = await factory.CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope.Exclusive, Token))
            await closed.Stream.WriteAsync(new byte[100], Token);

        Assert.Equal([typeof(RelativeFileStateHandle), typeof(ByteStreamStateHandle), null, typeof(RelativeFileStateHandle)], handles.Select(handle => handle?.GetType()));
        foreach (var (handle, bytes) in handles.Zip(contents).Where(pair => pair.First is not null))
            Assert.Equal(bytes, await StorageFamilyTests.ReadAsync(job.FileSystems, handle!));
        Assert.Equal(2, (await job.FilesAsync()).Count);
        await handles.OfType<StreamStateHandle>().DiscardAllAsync(job.FileSystems, Token);
        Assert.Empty(await job.FilesAsync());
    }

    [Fact]
    public async Task Metadata_of_no_bytes_is_an_empty_file()
    {
        await using var job = new TestJob();
        await using var metadata = await (await job.FileBackend().InitializeLocationForCheckpointAsync(1, Token)).CreateMetadataOutputStreamAsync(Token);
        var completed = await metadata.FinishAsync(Token);
        Assert.Equal(new FileStateHandle($"{job.Directory}/chk-1/_metadata", 0), completed.MetadataHandle);
        Assert.Empty(await StorageFamilyTests.ReadAsync(job.FileSystems, completed.MetadataHandle));
    }

    [Fact]
    public async Task Metadata_written_in_random_pieces_is_read_back()
    {
        await using var job = new TestJob();
        var random = new Random(1);
        var bytes = new byte[1_694_523];
        random.NextBytes(bytes);
        await using var metadata = await (await job.FileBackend().InitializeLocationForCheckpointAsync(1, Token)).CreateMetadataOutputStreamAsync(Token);
        for (var at = 0; at < bytes.Length;)
        {
            var count = Math.Min(random.Next(1, 400), bytes.Length - at);
            await metadata.Stream.WriteAsync(bytes.AsMemory(at, count), Token);
            at += count;
        }
        Assert.Equal(bytes, await StorageFamilyTests.ReadAsync(job.FileSystems, (await metadata.FinishAsync(Token)).MetadataHandle));
    }

    [Fact]
    public async Task A_finish_that_hangs_is_ended_by_its_token_and_the_dispose_after_it_does_not_hang()
    {
        var store = new HangingStore();
        await using var job = new TestJob(store.Wrap);
        using var cancellation = new CancellationTokenSource();
        var metadata = await (await job.FileBackend().InitializeLocationForCheckpointAsync(1, Token)).CreateMetadataOutputStreamAsync(Token);
        var hanging = metadata.FinishAsync(cancellation.Token);
        await store.Hangs.Task.WaitAsync(Token);
        Assert.False(hanging.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hanging);
        await metadata.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1), Token);
        Assert.Empty(await job.FilesAsync());
    }

    [Fact]
    public async Task State_in_memory_comes_back_with_nothing_left_over()
    {
        await using var job = new TestJob();
        var bytes = Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7)).ToArray();
        var handle = await WriteAsync(new MemoryCheckpointStreamFactory(10_000), CheckpointedStateScope.Exclusive, bytes);
        Assert.Equal(bytes, await StorageFamilyTests.ReadAsync(job.FileSystems, handle!));
        await Assert.ThrowsAsync<StateTooLargeException>(() => WriteAsync(new MemoryCheckpointStreamFactory(9_999), CheckpointedStateScope.Exclusive, bytes));
    }

    internal static async Task<StreamStateHandle?> WriteAsync(ICheckpointStreamFactory factory, CheckpointedStateScope scope, byte[] bytes)
    {
        await using var output = await factory.CreateCheckpointStateOutputStreamAsync(scope, Token);
        await output.Stream.WriteAsync(bytes, Token);
        return await output.FinishAsync(Token);
    }

    private static FileSystemCheckpointStreamFactory Factory(TestJob job, int threshold) =>
        new(job.FileSystem, job.Directory / "exclusive", job.Directory / "shared", threshold);

    /// <summary>Commits hang until they are cancelled, before anything was sent.</summary>
    private sealed class HangingStore
    {
        public TaskCompletionSource Hangs { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IFileSystem Wrap(IFileSystem inner) => new Layer(inner, this);

        private sealed class Layer(IFileSystem inner, HangingStore store) : FileSystemLayer(inner)
        {
            public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
                new Writer(await base.OpenWriteAsync(path, options, cancellationToken), store);
        }

        private sealed class Writer(FileWriter inner, HangingStore store) : FileWriterLayer(inner)
        {
            protected override async Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken)
            {
                store.Hangs.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
                return await base.CommitCoreAsync(cancellationToken);
            }
        }
    }
}
