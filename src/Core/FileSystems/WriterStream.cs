namespace Cairn.FileSystems;

/// <summary>The stream face of a <see cref="FileWriter"/>: disposing it, as a wrapping stream will, has no effect on the writer.</summary>
internal sealed class WriterStream(FileWriter writer) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => writer.Position;

    public override long Position
    {
        get => writer.Position;
        set => throw new NotSupportedException("A file is written from its start to its end.");
    }

    public override void Flush()
    {
    }

    public override void WriteByte(byte value) => writer.Write([value]);

    public override void Write(byte[] buffer, int offset, int count) => writer.Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => writer.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        writer.WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        writer.WriteAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is for writing.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A file is written from its start to its end.");

    public override void SetLength(long value) => throw new NotSupportedException("A file is written from its start to its end.");
}
