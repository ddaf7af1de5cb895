using System.Buffers;

namespace Cairn.Checkpoints.Metadata;

/// <summary>
/// An encoded file on its way to a stream: what was encoded lies in rented arrays, inline state is referred to where it lies.
/// </summary>
internal sealed class SegmentedBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 4 * 1024;
    private const int LargestSize = 1024 * 1024;

    private readonly List<ReadOnlyMemory<byte>> _segments = [];
    private readonly List<byte[]> _rented = [];
    private byte[] _current = [];
    private int _start;
    private int _end;

    /// <summary>Adds bytes that stay where they are.</summary>
    public void Append(ReadOnlyMemory<byte> bytes)
    {
        CloseSegment();
        _segments.Add(bytes);
    }

    /// <inheritdoc/>
    public void Advance(int count) => _end += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_current.Length - _end < Math.Max(sizeHint, 1))
            Rent(sizeHint);
        return _current.AsMemory(_end);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Writes all of it.</summary>
    public async ValueTask CopyToAsync(Stream destination, CancellationToken cancellationToken)
    {
        CloseSegment();
        foreach (var segment in _segments)
            await destination.WriteAsync(segment, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (byte[] array in _rented)
            ArrayPool<byte>.Shared.Return(array);
        _rented.Clear();
        _segments.Clear();
        _current = [];
    }

    private void CloseSegment()
    {
        if (_end > _start)
            _segments.Add(_current.AsMemory(_start, _end - _start));
        _start = _end;
    }

    private void Rent(int size)
    {
        CloseSegment();
        _current = ArrayPool<byte>.Shared.Rent(Math.Max(size, Math.Min(LargestSize, Math.Max(FirstSize, 2 * _current.Length))));
        _rented.Add(_current);
        _start = _end = 0;
    }
}
