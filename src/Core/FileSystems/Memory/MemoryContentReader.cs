namespace Cairn.FileSystems.Memory;

/// <summary>A place in a <see cref="MemoryContent"/> that moves forward.</summary>
internal sealed class MemoryContentReader
{
    private readonly List<byte[]> _chunks;
    private int _chunk;
    private int _at;

    public MemoryContentReader(List<byte[]> chunks, long offset)
    {
        _chunks = chunks;
        while (_chunk < chunks.Count && offset >= chunks[_chunk].Length)
            offset -= chunks[_chunk++].Length;
        _at = (int)offset;
    }

    /// <summary>Copies the next bytes, as many as there are room and content for; 0 at the end.</summary>
    public int Read(Span<byte> buffer)
    {
        var read = 0;
        while (read < buffer.Length && _chunk < _chunks.Count)
        {
            var part = _chunks[_chunk].AsSpan(_at);
            if (part.Length > buffer.Length - read)
                part = part[..(buffer.Length - read)];
            part.CopyTo(buffer[read..]);
            read += part.Length;
            _at += part.Length;
            if (_at == _chunks[_chunk].Length)
                (_chunk, _at) = (_chunk + 1, 0);
        }
        return read;
    }
}
