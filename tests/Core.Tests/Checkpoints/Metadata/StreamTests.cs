using System.Runtime.InteropServices;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>Reading from and writing to streams and memory.</summary>
public sealed class StreamTests
{
    private static readonly byte[] State = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Inline_state_read_from_memory_refers_to_that_memory()
    {
        byte[] file = MetadataFiles.Write(Sample());

        var data = InlineState(CheckpointMetadataReader.Read(file));

        Assert.True(MemoryMarshal.TryGetArray(data, out var array));
        Assert.Same(file, array.Array);
    }

    [Theory]
    [InlineData(true, int.MaxValue)]
    [InlineData(true, 1000)]
    [InlineData(false, int.MaxValue)]
    [InlineData(false, 1000)]
    public async Task A_stream_of_any_kind_gives_the_metadata_of_its_bytes(bool canSeek, int mostAtOnce)
    {
        byte[] file = MetadataFiles.Write(Sample());
        foreach (byte[] some in (byte[][])[file, MetadataFiles.Write(new CheckpointMetadata { CheckpointId = 3 })])
        {
            using var stream = new OddStream(some) { Seekable = canSeek, MostAtOnce = mostAtOnce };

            Assert.Equal(CheckpointMetadataReader.Read(some), await CheckpointMetadataReader.ReadAsync(stream, Token));
        }
    }

    [Fact]
    public async Task A_stream_is_read_from_where_it_stands_to_its_end_even_if_that_is_not_where_it_said()
    {
        byte[] file = MetadataFiles.Write(Sample());
        using var positioned = new MemoryStream([1, 2, 3, .. file]) { Position = 3 };
        using var shrunk = new OddStream(file) { ClaimedLength = file.Length + 1000 };
        using var grown = new OddStream(file) { ClaimedLength = 10 };

        foreach (var stream in (Stream[])[positioned, shrunk, grown])
            Assert.Equal(Sample(), await CheckpointMetadataReader.ReadAsync(stream, Token));
    }

    [Fact]
    public async Task A_file_in_a_directory_is_read_with_options()
    {
        using var stream = new MemoryStream(MetadataFiles.Write(Sample()));

        var metadata = await CheckpointMetadataReader.ReadAsync(stream, new CheckpointMetadataReaderOptions { Directory = "file:/tmp" }, Token);

        Assert.Equal(Sample(), metadata);
    }

    [Fact]
    public async Task What_a_stream_throws_passes_through()
    {
        var failure = new TimeoutException();
        using var reading = new OddStream([]) { Failure = failure };
        using var writing = new OddStream([]) { Failure = failure };

        Assert.Same(failure, await Assert.ThrowsAsync<TimeoutException>(async () => await CheckpointMetadataReader.ReadAsync(reading, Token)));
        Assert.Same(failure, await Assert.ThrowsAsync<TimeoutException>(async () => await CheckpointMetadataWriter.WriteAsync(Sample(), writing, Token)));
    }

    [Fact]
    public async Task Cancellation_passes_through()
    {
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await CheckpointMetadataReader.ReadAsync(new MemoryStream(new byte[9]), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await CheckpointMetadataWriter.WriteAsync(Sample(), new MemoryStream(), cancelled));
    }

    [Fact]
    public async Task A_stream_and_a_buffer_are_given_the_same_bytes()
    {
        using var stream = new MemoryStream();

        await CheckpointMetadataWriter.WriteAsync(Sample(), stream, Token);

        Assert.Equal(MetadataFiles.Write(Sample()), stream.ToArray());
    }

    [Fact]
    public async Task A_large_file_is_written_to_a_stream_whole()
    {
        var subtasks = Enumerable.Range(0, 20_000).Select(index => new OperatorSubtaskState
        {
            Index = index,
            ManagedOperatorState = new OperatorStreamStateHandle([], new ByteStreamStateHandle($"name {index}", State.AsMemory(0, index % 5000))),
        });
        var metadata = new CheckpointMetadata { CheckpointId = 1, Operators = [Operator([.. subtasks])] };
        using var stream = new MemoryStream();

        await CheckpointMetadataWriter.WriteAsync(metadata, stream, Token);

        Assert.Equal(metadata, CheckpointMetadataReader.Read(stream.ToArray()));
    }

    [Fact]
    public async Task Nothing_is_written_to_a_stream_when_the_metadata_cannot_be()
    {
        var broken = Sample() with { Operators = [.. Sample().Operators, Operator() with { Name = "" }] };
        using var stream = new MemoryStream();

        await Assert.ThrowsAsync<CheckpointMetadataException>(async () => await CheckpointMetadataWriter.WriteAsync(broken, stream, Token));

        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public void A_decode_allocates_less_than_600_bytes_for_each_file_handle()
    {
        const int Operators = 20, Subtasks = 100;
        var id = Guid.Empty;
        var subtasks = Enumerable.Range(0, Subtasks).Select(index => new OperatorSubtaskState
        {
            Index = index,
            ManagedKeyedState = new KeyGroupsStateHandle(
                new KeyGroupRangeOffsets(new KeyGroupRange(index, index), [0]),
                new FileStateHandle($"s3://acme-checkpoints/jobs/00000000000000000000000000000000/shared/{id}", 12345))
            { StateHandleId = $"{id}" },
        });
        byte[] file = MetadataFiles.Write(new CheckpointMetadata
        {
            CheckpointId = 1,
            Operators = [.. Enumerable.Repeat(Operator([.. subtasks]), Operators)],
        });
        CheckpointMetadataReader.Read(file);
        long before = GC.GetAllocatedBytesForCurrentThread();

        CheckpointMetadataReader.Read(file);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (Operators * Subtasks), 1, 600);
    }

    private static CheckpointMetadata Sample() => new()
    {
        CheckpointId = 5,
        Properties = CheckpointProperties.NeverRetained,
        Operators =
        [
            Operator(new OperatorSubtaskState
            {
                Index = 0,
                ManagedOperatorState = new OperatorStreamStateHandle(
                    [new OperatorStateMetaInfo("state", OperatorStateMode.Union, [0, 5])],
                    new ByteStreamStateHandle("inline", State)),
            }),
        ],
    };

    private static OperatorState Operator(params OperatorSubtaskState[] subtasks) =>
        new() { Id = OperatorId.FromName("op"), Parallelism = 1, MaxParallelism = 1, Subtasks = [.. subtasks] };

    private static ReadOnlyMemory<byte> InlineState(CheckpointMetadata metadata) =>
        ((ByteStreamStateHandle)metadata.Operators[0].Subtasks[0].ManagedOperatorState!.Delegate).Data;

    /// <summary>A stream that gives little at once, cannot seek, is wrong about its length or fails.</summary>
    private sealed class OddStream(byte[] content) : MemoryStream(content)
    {
        public bool Seekable { get; init; } = true;

        public int MostAtOnce { get; init; } = int.MaxValue;

        public long? ClaimedLength { get; init; }

        public Exception? Failure { get; init; }

        public override bool CanSeek => Seekable;

        public override long Length => ClaimedLength ?? base.Length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Failure is null
            ? base.ReadAsync(buffer[..Math.Min(buffer.Length, MostAtOnce)], cancellationToken)
            : ValueTask.FromException<int>(Failure);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => Failure is null
            ? base.WriteAsync(buffer, cancellationToken)
            : ValueTask.FromException(Failure);
    }
}
