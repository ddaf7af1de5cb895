namespace Cairn.Bench.Azure;

/// <summary>So many bytes, which nobody can tell before the end; made without allocations.</summary>
internal sealed class UnknownLengthStream(long length) : Stream
{
    private readonly byte[] _bytes = Fill();
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var start = (int)(_position % _bytes.Length);
        var count = (int)Math.Min(Math.Min(buffer.Length, _bytes.Length - start), length - _position);
        _bytes.AsSpan(start, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static byte[] Fill()
    {
        var bytes = new byte[1024 * 1024];
        new Random(1).NextBytes(bytes);
        return bytes;
    }
}
