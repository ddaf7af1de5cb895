namespace Cairn.Providers.S3;

/// <summary>
/// An answer that was taken in, to be read once. Its pieces are no large objects and are never copied to grow; they come from no pool, because a cancellation may dispose of it
/// while another thread reads on.
/// </summary>
internal sealed class AnswerBytes : Stream
{
    private const int FirstPiece = 4 * 1024;
    private const int LargestPiece = 64 * 1024;

    private readonly Queue<ReadOnlyMemory<byte>> _pieces = new();
    private ReadOnlyMemory<byte> _unread;

    private AnswerBytes()
    {
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("An answer's length is told by its head.");

    public override long Position
    {
        get => throw new NotSupportedException("An answer is read from its start to its end.");
        set => throw new NotSupportedException("An answer is read from its start to its end.");
    }

    /// <summary>All that <paramref name="source"/> has; null if that is more than <paramref name="longest"/> bytes.</summary>
    public static async Task<AnswerBytes?> TakeInAsync(Stream source, long longest, CancellationToken cancellationToken)
    {
        var bytes = new AnswerBytes();
        for (var size = FirstPiece; ; size = LargestPiece)
        {
            var piece = GC.AllocateUninitializedArray<byte>(size);
            var count = await source.ReadAtLeastAsync(piece, size, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            longest -= count;
            if (longest < 0)
                return null;
            bytes._pieces.Enqueue(piece.AsMemory(0, count));
            if (count < size)
                return bytes;
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (_unread.IsEmpty && _pieces.TryDequeue(out var piece))
            _unread = piece;
        var count = Math.Min(buffer.Length, _unread.Length);
        _unread.Span[..count].CopyTo(buffer);
        _unread = _unread[count..];
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("An answer is read from its start to its end.");

    public override void SetLength(long value) => throw new NotSupportedException("An answer is for reading.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("An answer is for reading.");
}
