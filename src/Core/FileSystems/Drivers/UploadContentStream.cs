namespace Cairn.FileSystems.Drivers;

/// <summary>Reads an <see cref="UploadContent"/> for one attempt to send it.</summary>
internal sealed class UploadContentStream(UploadContent content) : Stream
{
    // An SDK may still be copying when its request has been answered or given up; the buffers are someone else's then.
    private volatile bool _ended;

    public override bool CanRead => !_ended;

    public override bool CanSeek => !_ended;

    public override bool CanWrite => false;

    public override long Length => content.Length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        var count = content.ReadAt(Position, buffer);
        Position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    // A chunk is one write: each costs a call, and a wait where the server is behind.
    public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        while (!_ended && content.Peek(Position) is { IsEmpty: false } block)
        {
            await destination.WriteAsync(block, cancellationToken).ConfigureAwait(false);
            Position += block.Length;
        }
        ObjectDisposedException.ThrowIf(_ended, this);
        if (Position < Length)
            await base.CopyToAsync(destination, bufferSize, cancellationToken).ConfigureAwait(false);
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        Position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => Position + offset,
            _ => Length + offset,
        };
        return Position;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("The stream is for reading.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is for reading.");

    protected override void Dispose(bool disposing)
    {
        _ended = true;
        base.Dispose(disposing);
    }
}
