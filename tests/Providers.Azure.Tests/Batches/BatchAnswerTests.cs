using System.Text;
using Cairn.Providers.Azure.Batches;
using CsCheck;

namespace Cairn.Providers.Azure.Tests.Batches;

/// <summary>Answers to batches, whole and damaged. What is damaged is said, and no part is believed that is not complete.</summary>
public sealed class BatchAnswerTests
{
    private const string Boundary = "batchresponse_4c5e7a4d";
    private const string ContentType = $"multipart/mixed; boundary={Boundary}";

    private static readonly Gen<BatchPart> Parts = Gen.Select(
        Gen.Int[0, 255].Nullable(), Gen.Int[100, 599], OneOf(null, "BlobNotFound", "ServerBusy"), OneOf(null, "9b2c-1"), (id, status, code, request) => new BatchPart(id, status, code, request));

    private static readonly Gen<BatchPart[]> Answers = Parts.Array[0, 20];

    [Fact]
    public void A_whole_answer_is_read_part_by_part() => Gen.Select(Answers, Gen.Bool, Gen.Bool).Sample((parts, feedsOnly, quoted) =>
    {
        var text = feedsOnly ? Answer(parts).Replace("\r\n", "\n", StringComparison.Ordinal) : Answer(parts);
        var answer = BatchAnswerParser.Parse(quoted ? $"Multipart/Mixed; charset=utf-8; Boundary=\"{Boundary}\"" : ContentType, Encoding.ASCII.GetBytes(text));
        return answer.Damage is null && answer.Parts.SequenceEqual(parts);
    });

    [Fact]
    public void An_answer_that_breaks_off_anywhere_says_so_and_yields_only_parts_that_are_complete() => Gen.Select(Answers, Gen.Double[0, 1]).Sample((parts, share) =>
    {
        var whole = Answer(parts);
        var cut = whole[..(int)(share * (whole.Length - "--\r\n".Length))];
        var answer = BatchAnswerParser.Parse(ContentType, Encoding.ASCII.GetBytes(cut));
        return answer.Damage is { Length: > 0 } && parts.Take(answer.Parts.Count).SequenceEqual(answer.Parts);
    });

    [Fact]
    public void A_part_that_is_missing_is_not_made_up() => Gen.Select(Answers.Where(parts => parts.Length > 0), Gen.Int[0, 19]).Sample((parts, index) =>
    {
        var left = parts.Where((_, i) => i != index % parts.Length).ToArray();
        return BatchAnswerParser.Parse(ContentType, Encoding.ASCII.GetBytes(Answer(left))).Parts.SequenceEqual(left);
    });

    [Fact]
    public void Another_boundary_is_damage_and_yields_nothing() => Gen.Select(Answers, OneOf(
        null, "", "text/html", "multipart/mixed", "multipart/mixed; boundary=", "multipart/mixed; boundary=other", "application/xml; boundary=" + Boundary)).Sample((parts, contentType) =>
    {
        var answer = BatchAnswerParser.Parse(contentType, Encoding.ASCII.GetBytes(Answer(parts)));
        return answer.Damage is not null && answer.Parts.Count == 0;
    });

    [Theory]
    [InlineData("HTTP/1.1 202", 202)]
    [InlineData("HTTP/1.1 404 The blob is not there.", 404)]
    [InlineData("HTTP/1.0 599 ", 599)]
    [InlineData("HTTP/1.1", null)]
    [InlineData("HTTP/1.1 20", null)]
    [InlineData("HTTP/1.1-202 Accepted", null)]
    [InlineData("HTTP/1.1 2020 Accepted", null)]
    [InlineData("HTTP/1.1 2 2 Accepted", null)]
    [InlineData("HTTP/1.1 099 Accepted", null)]
    [InlineData("HTTP/1.1 600 Accepted", null)]
    [InlineData("HTTP/2.0 202 Accepted", null)]
    public void A_part_is_believed_for_its_status_line_only(string line, int? expected)
    {
        var answer = BatchAnswerParser.Parse(ContentType, Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-ID: 0\r\n\r\n{line}\r\n\r\n--{Boundary}--\r\n"));
        Assert.Equal(expected is { } status ? [new BatchPart(0, status, null, null)] : [], answer.Parts);
    }

    [Fact]
    public void Bytes_that_are_changed_or_random_never_throw_and_never_add_parts() => Gen.Select(Answers, Gen.Select(Gen.Double[0, 1], Gen.Byte).Array[1, 30], Gen.Byte.Array[0, 400]).Sample(
        (parts, changes, random) =>
        {
            var bytes = Encoding.ASCII.GetBytes(Answer(parts));
            foreach (var (share, value) in changes)
                bytes[(int)(share * (bytes.Length - 1))] = value;
            return BatchAnswerParser.Parse(ContentType, bytes).Parts.Count <= parts.Length && BatchAnswerParser.Parse(ContentType, random).Parts.Count == 0;
        });

    [Fact]
    public void What_is_written_is_one_part_a_request_with_every_header() => Gen.Select(
        Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz%20/-."], 1, 60].Array[1, 30], Gen.String[Gen.Char[' ', '~'], 0, 80]).Sample((names, header) =>
    {
        var requests = names.Select(name => new SignedRequest("DELETE", new Uri("http://host/container/x" + name.Replace("%", "%25", StringComparison.Ordinal)), [new("Authorization", header)])).ToList();
        var text = Encoding.ASCII.GetString(BatchRequestWriter.Write("b", requests).Span);
        Assert.EndsWith("\r\n--b--\r\n", text, StringComparison.Ordinal);
        var parts = text[..^"--b--\r\n".Length].Split("--b\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(requests.Count, parts.Length);
        for (var id = 0; id < parts.Length; id++)
        {
            Assert.Equal(
                $"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {id}\r\n\r\nDELETE {requests[id].Uri.PathAndQuery} HTTP/1.1\r\nAuthorization: {header}\r\nContent-Length: 0\r\n\r\n",
                parts[id]);
        }
    });

    [Fact]
    public void A_signed_request_prints_without_what_it_was_signed_with()
    {
        var request = new SignedRequest("DELETE", new Uri("https://a.blob.core.windows.net/c/b?sig=secret"), [new("Authorization", "SharedKey a:secret")]);
        Assert.Equal("DELETE /c/b", $"{request}");
    }

    [Fact]
    public void A_header_that_would_break_a_line_is_not_written() =>
        Assert.Throws<ArgumentException>(() => BatchRequestWriter.Write("b", [new("DELETE", new Uri("http://host/c/b"), [new("x", "a\r\nInjected: 1")])]));

    private static Gen<string?> OneOf(params string?[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    /// <summary>As Azure writes it: a part that failed has a body.</summary>
    private static string Answer(IEnumerable<BatchPart> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append($"--{Boundary}\r\nContent-Type: application/http\r\n");
            if (part.Id is { } id)
                text.Append($"Content-ID: {id}\r\n");
            text.Append($"\r\nHTTP/1.1 {part.Status} Whatever it is\r\n");
            if (part.ErrorCode is { } code)
                text.Append($"x-ms-error-code: {code}\r\n");
            if (part.RequestId is { } request)
                text.Append($"x-ms-request-id: {request}\r\n");
            text.Append("x-ms-version: 2021-12-02\r\n\r\n");
            if (part.Status >= 400)
                text.Append("<?xml version=\"1.0\"?>\n<Error><Code>x</Code></Error>\r\n");
        }
        return text.Append($"--{Boundary}--\r\n").ToString();
    }
}
