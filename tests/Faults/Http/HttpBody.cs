namespace Cairn.Faults.Http;

/// <summary>A body as it stands on the wire, the framing of its chunks included.</summary>
internal sealed class HttpBody(HttpReader reader, long? length)
{
    // What a body of unknown length counts as when a place in it is chosen.
    private const long Typical = 64 * 1024;

    private const long ToTheEnd = long.MaxValue;

    private readonly bool _isChunked = length < 0;
    private long _left = length switch { null => ToTheEnd, < 0 => 0, { } known => known };
    private bool _hasEnded = length == 0;
    private bool _isAfterChunk;

    /// <summary>The byte at a share of it.</summary>
    public long At(double share) => (long)(share * (length is > 0 and var known ? known : Typical));

    /// <summary>The next bytes, valid until the next call; none at the end.</summary>
    /// <exception cref="EndOfStreamException">The connection ended inside it.</exception>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(long most, CancellationToken cancellationToken)
    {
        if (_hasEnded)
            return default;
        if (_isChunked && _left == 0)
            return await ReadFramingAsync(cancellationToken);
        var bytes = await reader.ReadAsync(Math.Min(most, _left), cancellationToken);
        if (bytes.IsEmpty && _left != ToTheEnd)
            throw new EndOfStreamException();
        _left -= _left == ToTheEnd ? 0 : bytes.Length;
        _hasEnded = !_isChunked && (_left == 0 || bytes.IsEmpty);
        return bytes;
    }

    private async Task<ReadOnlyMemory<byte>> ReadFramingAsync(CancellationToken cancellationToken)
    {
        if (_isAfterChunk)
        {
            _isAfterChunk = false;
            return await reader.ReadLineAsync(cancellationToken);
        }
        var line = await reader.ReadLineAsync(cancellationToken);
        _left = HttpReader.ChunkSize(line);
        _isAfterChunk = _left > 0;
        if (_left > 0)
            return line;
        _hasEnded = true;
        var rest = new List<byte>(line);
        byte[] trailer;
        do
        {
            trailer = await reader.ReadLineAsync(cancellationToken);
            rest.AddRange(trailer);
        }
        while (trailer.Length > 2);
        return rest.ToArray();
    }
}
