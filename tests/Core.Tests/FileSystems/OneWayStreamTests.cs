using Cairn.Checkpoints.State;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;
using Cairn.FileSystems.Memory;

#pragma warning disable CA1835 // Both overloads of a stream are tried here.

namespace Cairn.Tests.FileSystems;

/// <summary>Streams that only read, or only write, or only go forward say so, and refuse the rest by name instead of doing something else.</summary>
public sealed class OneWayStreamTests : IAsyncDisposable
{
    private static readonly StoragePath Path = StoragePath.Parse("memory://one-way/file");

    private readonly MemoryFileSystem _files = new(StoragePath.Parse("memory://one-way/"), new MemoryStore());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _files.DisposeAsync();

    [Theory]
    [InlineData("file")]
    [InlineData("metadata")]
    [InlineData("state")]
    public async Task A_stream_for_writing_goes_forward_only(string kind)
    {
        await using var writer = await _files.OpenWriteAsync(Path, cancellationToken: Token);
        await using Stream stream = kind switch
        {
            "metadata" => new MetadataLimitStream(writer, maxLength: null),
            "state" => new ThresholdStream(threshold: 1, writer.Stream),
            _ => writer.Stream,
        };
        stream.WriteByte(1);
        stream.Write([2, 3], 0, 2);
        await stream.WriteAsync([4, 5, 6], 1, 2, Token);
        await stream.FlushAsync(Token);

        Assert.Equal((false, false, true), (stream.CanRead, stream.CanSeek, stream.CanWrite));
        Assert.Equal((5, 5), (stream.Length, stream.Position));
        Assert.Throws<NotSupportedException>(() => stream.Position = 0);
        Assert.Throws<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => stream.SetLength(0));
        Assert.Throws<NotSupportedException>(() => stream.ReadByte());
        await writer.CommitAsync(Token);
        Assert.Equal([1, 2, 3, 5, 6], await _files.ReadAllBytesAsync(Path, cancellationToken: Token));
    }

    [Theory]
    [InlineData("metadata")]
    [InlineData("state")]
    public async Task A_stream_that_was_ended_takes_no_more_bytes(string kind)
    {
        await using var writer = await _files.OpenWriteAsync(Path, cancellationToken: Token);
        var metadata = new MetadataLimitStream(writer, maxLength: null);
        var state = new ThresholdStream(threshold: 10, writer.Stream);
        metadata.End();
        state.End();
        Stream stream = kind == "metadata" ? metadata : state;

        Assert.False(stream.CanWrite);
        Assert.Throws<IOException>(() => stream.WriteByte(1));
        await Assert.ThrowsAsync<IOException>(() => stream.WriteAsync([1], 0, 1, Token));
    }

    [Fact]
    public async Task A_file_that_is_read_goes_forward_only()
    {
        await _files.WriteAllBytesAsync(Path, new byte[] { 1, 2, 3 }, cancellationToken: Token);
        await using var stream = await _files.OpenReadAsync(Path, cancellationToken: Token);

        Assert.Equal((true, false, false), (stream.CanRead, stream.CanSeek, stream.CanWrite));
        Assert.Throws<NotSupportedException>(() => stream.Length);
        Assert.Throws<NotSupportedException>(() => stream.Position);
        Assert.Throws<NotSupportedException>(() => stream.Position = 0);
        Assert.Throws<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
        RefusesWrites(stream);
        var bytes = new byte[4];
        Assert.Equal(3, await stream.ReadAsync(bytes, 1, 3, Token) + stream.Read(bytes, 0, 0));
        Assert.Equal([0, 1, 2, 3], bytes);
    }

    [Fact]
    public async Task Bytes_in_memory_are_sought_and_read_and_not_written()
    {
        await using var stream = new ReadOnlyMemoryStream(new byte[] { 1, 2, 3 });

        Assert.Equal((true, true, false), (stream.CanRead, stream.CanSeek, stream.CanWrite));
        Assert.Equal(2, stream.Seek(-1, SeekOrigin.End));
        Assert.Equal(1, stream.Seek(-1, SeekOrigin.Current));
        var bytes = new byte[4];
        Assert.Equal(2, await stream.ReadAsync(bytes, 0, 4, Token));
        Assert.Equal([2, 3, 0, 0], bytes);
        Assert.Equal(0, stream.Seek(0, SeekOrigin.Begin));
        Assert.Throws<IOException>(() => stream.Position = 4);
        Assert.Throws<IOException>(() => stream.Seek(-1, SeekOrigin.Begin));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.ReadExactlyAsync(bytes, new CancellationToken(canceled: true)));
        RefusesWrites(stream);
    }

    [Fact]
    public async Task Content_that_waits_to_be_sent_and_a_seekable_view_are_not_written()
    {
        await _files.WriteAllBytesAsync(Path, new byte[] { 1, 2, 3 }, cancellationToken: Token);
        await using var view = await _files.OpenSeekableAsync(Path, cancellationToken: Token);
        await using var content = UploadContent.Empty.OpenRead();

        RefusesWrites(view);
        RefusesWrites(content);
        Assert.Throws<ArgumentOutOfRangeException>(() => view.Seek(0, (SeekOrigin)3));
        Assert.Throws<IOException>(() => view.Seek(-1, SeekOrigin.Begin));
    }

    private static void RefusesWrites(Stream stream)
    {
        Assert.False(stream.CanWrite);
        stream.Flush();
        Assert.Throws<NotSupportedException>(() => stream.Write([1], 0, 1));
        Assert.Throws<NotSupportedException>(() => stream.SetLength(0));
    }
}
