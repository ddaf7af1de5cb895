using System.Buffers;

namespace Cairn.FileSystems.Drivers;

/// <summary>
/// One part while it is filled and sent: pooled chunks, small ones first, so that a file of 1 KiB takes 4 KiB and a part of 8 MiB is never copied to grow.
/// </summary>
internal sealed class PartBuffer(int capacity, int firstChunk = PartBuffer.SmallestChunk) : UploadContent, IDisposable
{
    public const int SmallestChunk = 4 * 1024;
    public const int LargestChunk = 1024 * 1024;

    // Most files fit into the first chunk, and take no list.
    private byte[]? _first;
    private List<(byte[] Bytes, int Start)>? _others;
    private int _length;
    private int _rented;
    private uint? _checksum;

    public override long Length => _length;

    public override uint Checksum => _checksum ??= Sum();

    /// <summary>How many bytes it still takes.</summary>
    public int Free => capacity - _length;

    /// <summary>Takes bytes, at most <see cref="Free"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_length == _rented)
                Rent();
            var (chunk, start) = _others is null ? (_first!, 0) : _others[^1];
            var count = Math.Min(bytes.Length, _rented - _length);
            bytes[..count].CopyTo(chunk.AsSpan(_length - start));
            _length += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Gives the chunks back; nobody may read any more.</summary>
    public void Dispose()
    {
        _length = 0;
        _rented = 0;
        if (_first is not null)
            ArrayPool<byte>.Shared.Return(_first);
        _others?.ForEach(static chunk => ArrayPool<byte>.Shared.Return(chunk.Bytes));
        (_first, _others) = (null, null);
    }

    internal override int ReadAt(long position, Span<byte> buffer)
    {
        var block = Peek(position).Span;
        var count = Math.Min(block.Length, buffer.Length);
        block[..count].CopyTo(buffer);
        return count;
    }

    internal override ReadOnlyMemory<byte> Peek(long position)
    {
        if (position >= _length)
            return default;
        var low = -1;
        for (var high = (_others?.Count ?? 0) - 1; low < high;)
        {
            var middle = (low + high + 1) / 2;
            if (_others![middle].Start <= position)
                low = middle;
            else
                high = middle - 1;
        }
        var (bytes, start) = low < 0 ? (_first!, 0) : _others![low];
        var end = low + 1 < (_others?.Count ?? 0) ? _others![low + 1].Start : _length;
        return bytes.AsMemory((int)position - start, end - (int)position);
    }

    private uint Sum()
    {
        var checksum = 0u;
        for (var position = 0L; Peek(position) is { IsEmpty: false } block; position += block.Length)
            checksum = Crc32C.Append(checksum, block.Span);
        return checksum;
    }

    /// <summary>The next chunk is as long as all before it together, within bounds.</summary>
    private void Rent()
    {
        var size = Math.Min(Math.Clamp(_rented, firstChunk, LargestChunk), capacity - _rented);
        var chunk = ArrayPool<byte>.Shared.Rent(size);
        if (_first is null)
            _first = chunk;
        else
            (_others ??= []).Add((chunk, _rented));
        _rented += size;
    }
}
