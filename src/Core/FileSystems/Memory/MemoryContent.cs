namespace Cairn.FileSystems.Memory;

/// <summary>The bytes of one file in chunks that stay out of the large object heap. Appended to by one writer, immutable once it is published.</summary>
internal sealed class MemoryContent
{
    private const int FirstChunk = 1024;
    private const int LargestChunk = 64 * 1024;

    private readonly List<byte[]> _chunks = [];
    private int _usedOfLast;

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_chunks.Count == 0 || _usedOfLast == _chunks[^1].Length)
                AddChunk(bytes.Length);
            var part = bytes[..Math.Min(bytes.Length, _chunks[^1].Length - _usedOfLast)];
            part.CopyTo(_chunks[^1].AsSpan(_usedOfLast));
            _usedOfLast += part.Length;
            Length += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    /// <summary>Gives back what the last chunk has too much; called once, before the content is published.</summary>
    public void Trim()
    {
        if (_chunks.Count > 0 && _usedOfLast < _chunks[^1].Length)
            _chunks[^1] = _chunks[^1][.._usedOfLast];
        _chunks.TrimExcess();
    }

    /// <summary>Starts reading at <paramref name="offset"/>, at or before the end.</summary>
    public MemoryContentReader ReadFrom(long offset) => new(_chunks, offset);

    private void AddChunk(int wanted)
    {
        var size = _chunks.Count == 0 ? Math.Max(FirstChunk, wanted) : Math.Max(_chunks[^1].Length * 2, wanted);
        _chunks.Add(GC.AllocateUninitializedArray<byte>(Math.Min(size, LargestChunk)));
        _usedOfLast = 0;
    }
}
