using System.Globalization;
using System.Text;

namespace Cairn.Providers.Azure.Batches;

/// <summary>
/// Reads the answer to a batch: <c>multipart/mixed</c>, each part an answer in the form of HTTP/1.1. Never throws: what is not as it should be
/// is said in <see cref="BatchAnswer.Damage"/>, and only parts that are complete, up to the boundary behind them, are believed.
/// </summary>
internal static class BatchAnswerParser
{
    private const int LongestBoundary = 70;

    /// <param name="contentType">The answer's <c>Content-Type</c>, which names the boundary.</param>
    /// <param name="body">The whole body.</param>
    public static BatchAnswer Parse(string? contentType, ReadOnlySpan<byte> body)
    {
        var parts = new List<BatchPart>();
        return new BatchAnswer(parts, BoundaryOf(contentType) is { } boundary
            ? Read(new Lines(body), Encoding.ASCII.GetBytes("--" + boundary), parts)
            : "its Content-Type names no boundary");
    }

    /// <summary>Adds each part that is complete; returns what is wrong, or null.</summary>
    private static string? Read(Lines lines, ReadOnlySpan<byte> delimiter, List<BatchPart> parts)
    {
        Delimiter end;
        do
        {
            if (!lines.TryNext(out var line))
                return "it does not begin with its boundary";
            end = DelimiterOf(line, delimiter);
        }
        while (end == Delimiter.None);
        while (end == Delimiter.Next)
        {
            if (!TryReadHead(ref lines, delimiter, out var id, out var part))
                return $"its part {parts.Count} is no answer";
            end = SkipBody(ref lines, delimiter);
            if (end == Delimiter.None)
                return $"it breaks off in its part {parts.Count}";
            parts.Add(part with { Id = id });
        }
        return null;
    }

    private static bool TryReadHead(ref Lines lines, ReadOnlySpan<byte> delimiter, out int? id, out BatchPart part)
    {
        part = new BatchPart(null, 0, null, null);
        id = null;
        while (true)
        {
            if (!lines.TryNext(out var line) || DelimiterOf(line, delimiter) != Delimiter.None)
                return false;
            if (line.IsEmpty)
                break;
            // An id that is no number is nobody's, which is not the same as no id.
            if (ValueOf(line, "Content-ID"u8) is { } text)
                id = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        }
        if (!lines.TryNext(out var status) || StatusOf(status) is not { } code)
            return false;
        part = part with { Status = code };
        while (true)
        {
            if (!lines.TryNext(out var line) || DelimiterOf(line, delimiter) != Delimiter.None)
                return false;
            if (line.IsEmpty)
                return true;
            part = part with { ErrorCode = ValueOf(line, "x-ms-error-code"u8) ?? part.ErrorCode, RequestId = ValueOf(line, "x-ms-request-id"u8) ?? part.RequestId };
        }
    }

    private static Delimiter SkipBody(ref Lines lines, ReadOnlySpan<byte> delimiter)
    {
        while (lines.TryNext(out var line))
        {
            if (DelimiterOf(line, delimiter) is not Delimiter.None and var end)
                return end;
        }
        return Delimiter.None;
    }

    /// <summary>The status of <c>HTTP/1.1 202 Accepted</c>.</summary>
    private static int? StatusOf(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("HTTP/1."u8) || line.Length < 12 || line[8] != ' ')
            return null;
        return int.TryParse(line.Slice(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599
            && (line.Length == 12 || line[12] == ' ') ? status : null;
    }

    private static string? ValueOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        var colon = line.IndexOf((byte)':');
        return colon > 0 && Ascii.EqualsIgnoreCase(line[..colon], name) ? Encoding.UTF8.GetString(line[(colon + 1)..]).Trim() : null;
    }

    private static Delimiter DelimiterOf(ReadOnlySpan<byte> line, ReadOnlySpan<byte> delimiter)
    {
        if (!line.StartsWith(delimiter))
            return Delimiter.None;
        var rest = line[delimiter.Length..].TrimEnd(" \t"u8);
        return rest.IsEmpty ? Delimiter.Next : rest.SequenceEqual("--"u8) ? Delimiter.Last : Delimiter.None;
    }

    private static string? BoundaryOf(string? contentType)
    {
        if (contentType is null || !contentType.TrimStart().StartsWith("multipart/mixed", StringComparison.OrdinalIgnoreCase))
            return null;
        foreach (var parameter in contentType.Split(';').Skip(1))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !parameter.AsSpan(0, equals).Trim().Equals("boundary", StringComparison.OrdinalIgnoreCase))
                continue;
            var boundary = parameter[(equals + 1)..].Trim().Trim('"');
            return boundary.Length is > 0 and <= LongestBoundary && Ascii.IsValid(boundary) ? boundary : null;
        }
        return null;
    }

    private enum Delimiter
    {
        None,
        Next,
        Last,
    }

    /// <summary>The lines of a text, with or without carriage returns. A last line that no line feed ends counts too.</summary>
    private ref struct Lines(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> _rest = text;

        public bool TryNext(out ReadOnlySpan<byte> line)
        {
            line = default;
            if (_rest.IsEmpty)
                return false;
            var end = _rest.IndexOf((byte)'\n');
            line = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            if (line is [.., (byte)'\r'])
                line = line[..^1];
            return true;
        }
    }
}
