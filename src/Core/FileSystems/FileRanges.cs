using System.Buffers;
using System.Collections;

namespace Cairn.FileSystems;

/// <summary>
/// The bytes of the ranges that <see cref="FileSystemRangeExtensions.ReadRangesAsync"/> was asked for, in that order, in pooled buffers:
/// they are valid until this is disposed. Not thread safe.
/// </summary>
public sealed class FileRanges : IReadOnlyList<ReadOnlyMemory<byte>>, IDisposable
{
    private readonly ReadOnlyMemory<byte>[] _ranges;
    private List<byte[]>? _rented = [];

    internal FileRanges(int count) => _ranges = new ReadOnlyMemory<byte>[count];

    /// <summary>How many ranges were asked for.</summary>
    public int Count => _ranges.Length;

    /// <summary>The bytes of a range; fewer than asked for where the file ended.</summary>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            ObjectDisposedException.ThrowIf(_rented is null, this);
            return _ranges[index];
        }
        internal set => _ranges[index] = value;
    }

    /// <summary>Gives the buffers back; the bytes are no longer valid.</summary>
    public void Dispose()
    {
        foreach (var buffer in Interlocked.Exchange(ref _rented, null) ?? [])
            ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <inheritdoc/>
    public IEnumerator<ReadOnlyMemory<byte>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Rents what <see cref="Dispose"/> gives back; called before any request runs, by one thread.</summary>
    internal byte[] Rent(int length)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        _rented!.Add(buffer);
        return buffer;
    }
}
