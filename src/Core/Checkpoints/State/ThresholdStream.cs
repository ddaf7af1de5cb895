using System.Buffers;

namespace Cairn.Checkpoints.State;

/// <summary>
/// Keeps bytes while their total is at most a threshold and passes all of them on as soon as there are more,
/// so that "inline or file" depends on the total alone, whatever the writes and flushes were.
/// </summary>
/// <param name="threshold">How many bytes stay inline at most; below 0 everything is passed on.</param>
/// <param name="target">Where the bytes go otherwise; not disposed.</param>
internal sealed class ThresholdStream(long threshold, Stream target) : Stream
{
    private ArrayBufferWriter<byte>? _kept;
    private long _position;
    private bool _ended;

    /// <summary>Whether the bytes went to the target.</summary>
    public bool IsPassedOn { get; private set; }

    /// <summary>The bytes that stayed inline.</summary>
    public ReadOnlyMemory<byte> Kept => _kept?.WrittenMemory ?? default;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_ended;

    public override long Length => _position;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException("State is written from its start to its end.");
    }

    /// <summary>What a write to a stream throws that was finished or discarded.</summary>
    public static IOException Closed() => new("The stream of this state is closed: it was finished or discarded.");

    /// <summary>Takes no more bytes: a write from here on fails. What was kept stays.</summary>
    public void End() => _ended = true;

    public override void Flush()
    {
    }

    public override void WriteByte(byte value) => Write([value]);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ThrowIfEnded();
        if (!TryKeep(buffer))
        {
            if (Overflow() is { IsEmpty: false } kept)
                target.Write(kept.Span);
            target.Write(buffer);
        }
        _position += buffer.Length;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ThrowIfEnded();
        if (!TryKeep(buffer.Span))
        {
            if (Overflow() is { IsEmpty: false } kept)
                await target.WriteAsync(kept, cancellationToken).ConfigureAwait(false);
            await target.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        _position += buffer.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is for writing.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("State is written from its start to its end.");

    public override void SetLength(long value) => throw new NotSupportedException("State is written from its start to its end.");

    private void ThrowIfEnded()
    {
        if (_ended)
            throw Closed();
    }

    private bool TryKeep(ReadOnlySpan<byte> bytes)
    {
        if (IsPassedOn || _position + bytes.Length > threshold)
            return false;
        (_kept ??= new ArrayBufferWriter<byte>()).Write(bytes);
        return true;
    }

    /// <summary>What was kept so far, to be passed on first; nothing is kept from here on.</summary>
    private ReadOnlyMemory<byte> Overflow()
    {
        var kept = Kept;
        _kept = null;
        IsPassedOn = true;
        return kept;
    }
}
