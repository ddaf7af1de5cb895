using Cairn.FileSystems;

namespace Cairn.Checkpoints.State;

/// <summary>
/// Refuses a <c>_metadata</c> that the store could not publish under a condition, before it is sent, and says which settings make it smaller:
/// an unconditional write could replace another owner's.
/// </summary>
internal sealed class MetadataLimitStream(FileWriter writer, long? maxLength) : Stream
{
    private bool _ended;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_ended;

    public override long Length => writer.Position;

    public override long Position
    {
        get => writer.Position;
        set => throw new NotSupportedException("Metadata is written from its start to its end.");
    }

    /// <summary>Takes no more bytes: a write from here on fails.</summary>
    public void End() => _ended = true;

    public override void Flush()
    {
    }

    public override void WriteByte(byte value) => Write([value]);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowUnlessTaken(buffer.Length);
        writer.Stream.Write(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowUnlessTaken(buffer.Length);
        return writer.Stream.WriteAsync(buffer, cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is for writing.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("Metadata is written from its start to its end.");

    public override void SetLength(long value) => throw new NotSupportedException("Metadata is written from its start to its end.");

    private void ThrowUnlessTaken(int more)
    {
        if (_ended)
            throw ThresholdStream.Closed();
        if (writer.Position + more > maxLength)
        {
            throw FileSystemException.NotSupported(
                writer.Path,
                $"'{writer.Path}' would be longer than the {maxLength} bytes that this store publishes under a condition; the checkpoint was not made, and the ones before it are untouched. "
                + "Keep less state inline: set Cairn:Checkpoints:Backend to FileSystem, or lower Cairn:Checkpoints:InlineThreshold.");
        }
    }
}
