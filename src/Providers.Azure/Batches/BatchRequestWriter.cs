using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cairn.Providers.Azure.Batches;

/// <summary>
/// Writes the body of a batch request: <c>multipart/mixed</c>, each part a request in the form of HTTP/1.1 with its number as <c>Content-ID</c>.
/// Follows Azure's "Blob Batch" and RFC 2046.
/// </summary>
internal static class BatchRequestWriter
{
    private static readonly SearchValues<char> NotInHeaders = SearchValues.Create([.. Enumerable.Range(0, 0x20).Append(0x7F).Select(c => (char)c)]);

    /// <summary>The value of the batch request's <c>Content-Type</c>.</summary>
    public static string ContentType(string boundary) => $"multipart/mixed; boundary={boundary}";

    /// <summary>The body. The boundary must occur in none of the requests: take a random one.</summary>
    /// <exception cref="ArgumentException">A line would break: there is a control character in a header.</exception>
    public static ReadOnlyMemory<byte> Write(string boundary, IReadOnlyList<SignedRequest> requests)
    {
        var body = new ArrayBufferWriter<byte>(requests.Count * 512);
        for (var id = 0; id < requests.Count; id++)
        {
            Line(body, $"--{boundary}");
            Line(body, "Content-Type: application/http");
            Line(body, "Content-Transfer-Encoding: binary");
            Line(body, string.Create(CultureInfo.InvariantCulture, $"Content-ID: {id}"));
            Line(body, "");
            WriteRequest(body, requests[id]);
        }
        Line(body, $"--{boundary}--");
        return body.WrittenMemory;
    }

    private static void WriteRequest(ArrayBufferWriter<byte> body, SignedRequest request)
    {
        Line(body, $"{request.Method} {request.Uri.PathAndQuery} HTTP/1.1");
        foreach (var (name, value) in request.Headers)
            Line(body, $"{name}: {value}");
        Line(body, "Content-Length: 0");
        Line(body, "");
    }

    private static void Line(ArrayBufferWriter<byte> body, string text)
    {
        if (text.AsSpan().ContainsAny(NotInHeaders))
            throw new ArgumentException("A line of a batch would break.", nameof(text));
        Encoding.UTF8.GetBytes(text, body);
        body.Write("\r\n"u8);
    }
}
