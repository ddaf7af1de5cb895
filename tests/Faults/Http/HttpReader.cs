using System.Text;

namespace Cairn.Faults.Http;

/// <summary>Reads messages from one direction of a connection.</summary>
internal sealed class HttpReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>The next head; null when the connection ended before it.</summary>
    public async Task<HttpHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        for (var looked = 0; ;)
        {
            var found = _buffer.AsSpan(_start, _end - _start)[looked..].IndexOf("\r\n\r\n"u8);
            if (found >= 0)
            {
                var head = new HttpHead(_buffer.AsSpan(_start, looked + found + 4).ToArray());
                _start += looked + found + 4;
                return head;
            }
            looked = Math.Max(0, _end - _start - 3);
            if (!await FillAsync(cancellationToken))
                return null;
        }
    }

    /// <summary>A line with its end.</summary>
    public async Task<byte[]> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (found >= 0)
            {
                var line = _buffer.AsSpan(_start, found + 1).ToArray();
                _start += found + 1;
                return line;
            }
            if (!await FillAsync(cancellationToken))
                throw new EndOfStreamException();
        }
    }

    /// <summary>Up to <paramref name="most"/> bytes, valid until the next call; none at the end.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(long most, CancellationToken cancellationToken)
    {
        if (_start == _end && !await FillAsync(cancellationToken))
            return default;
        var count = (int)Math.Min(most, _end - _start);
        _start += count;
        return _buffer.AsMemory(_start - count, count);
    }

    /// <summary>The size in the first line of a chunk.</summary>
    public static long ChunkSize(byte[] line) => Convert.ToInt64(Encoding.ASCII.GetString(line).Split(';')[0].Trim(), 16);

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
            _start = _end = 0;
        if (_end == _buffer.Length)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length)
            throw new InvalidDataException("A head longer than 64 KiB.");
        var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += read;
        return read > 0;
    }
}
