using System.Text;

namespace Cairn.Faults.Http;

/// <summary>The first line and the headers of a message, as they were sent.</summary>
internal sealed class HttpHead
{
    private readonly string[] _lines;

    public HttpHead(byte[] bytes)
    {
        Bytes = bytes;
        _lines = Encoding.Latin1.GetString(bytes).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        FirstLine = _lines[0].Split(' ', 3);
    }

    /// <summary>All of it, the empty line included.</summary>
    public byte[] Bytes { get; }

    /// <summary>The first line's three parts.</summary>
    public string[] FirstLine { get; }

    public bool Expects100 => string.Equals(Header("Expect"), "100-continue", StringComparison.OrdinalIgnoreCase);

    public bool EndsConnection => string.Equals(Header("Connection"), "close", StringComparison.OrdinalIgnoreCase);

    public int Status => int.Parse(FirstLine[1], System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The length of the body; −1 when it comes in chunks, null when nothing is said.</summary>
    public long? BodyLength => Header("Transfer-Encoding") is not null ? -1
        : Header("Content-Length") is { } length ? long.Parse(length, System.Globalization.CultureInfo.InvariantCulture)
        : null;

    /// <summary>Whether an answer to <paramref name="method"/> has no body whatever its headers say.</summary>
    public bool HasNoBody(string method) => method == "HEAD" || Status is 204 or 304 or (>= 100 and < 200);

    private string? Header(string name)
    {
        foreach (var line in _lines.AsSpan(1))
        {
            if (line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                return line[(name.Length + 1)..].Trim();
        }
        return null;
    }
}
