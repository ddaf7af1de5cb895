using System.Collections.Concurrent;
using System.Net;

namespace Cairn.Providers.Tests.Http;

/// <summary>
/// Stands between an SDK and a real server: remembers each request, and lets a test do something to the next ones that fit.
/// The server does what it is asked; what is lost is the answer.
/// </summary>
internal sealed class HttpWire() : DelegatingHandler(new SocketsHttpHandler())
{
    private const int MoreThanAnyRetries = 20;

    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<(Func<HttpRequestMessage, bool> Fits, Func<HttpWire, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Do)> _faults = new();

    /// <summary>Each request as <c>METHOD query-keys</c>, in order: <c>PUT</c>, <c>POST uploads</c>, <c>PUT partNumber uploadId</c>.</summary>
    public IReadOnlyCollection<string> Requests => _log;

    public void Clear() => _log.Clear();

    /// <summary>Does something to the next request that fits; faults apply in order, each once.</summary>
    public void Next(Func<HttpRequestMessage, bool> fits, Func<HttpWire, HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> @do) => _faults.Enqueue((fits, @do));

    /// <summary>The server takes the request, and the connection breaks before its answer arrives.</summary>
    public void LoseAnswerOf(Func<HttpRequestMessage, bool> fits) => Next(fits, static async (wire, request, cancellationToken) =>
    {
        using var answer = await wire.PassAsync(request, cancellationToken);
        await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        throw new HttpRequestException(HttpRequestError.ResponseEnded, "the test lost the answer");
    });

    /// <summary>The request is answered with this status and never reaches the server.</summary>
    public void AnswerInstead(Func<HttpRequestMessage, bool> fits, HttpStatusCode status, string body = "") => Next(fits, (_, request, _) =>
        Task.FromResult(new HttpResponseMessage(status) { RequestMessage = request, Content = new StringContent(body, null, "application/xml") }));

    /// <summary>However often it is asked, the store answers with this error and does nothing.</summary>
    public void AnswerAllInstead(string code, int status, HttpMethod? method = null, string message = "As the test says.")
    {
        for (var n = 0; n < MoreThanAnyRetries; n++)
            AnswerInstead(request => method is null || request.Method == method, (HttpStatusCode)status, $"<Error><Code>{code}</Code><Message>{message}</Message></Error>");
    }

    /// <summary>The body of the answer breaks after so many bytes.</summary>
    public void CutBodyOf(Func<HttpRequestMessage, bool> fits, int after, bool silently = false) => Next(fits, async (wire, request, cancellationToken) =>
    {
        var answer = await wire.PassAsync(request, cancellationToken);
        var content = new StreamContent(new CutStream(await answer.Content.ReadAsStreamAsync(cancellationToken), after, silently));
        foreach (var (name, values) in answer.Content.Headers)
            content.Headers.TryAddWithoutValidation(name, values);
        answer.Content = content;
        return answer;
    });

    public Task<HttpResponseMessage> PassAsync(HttpRequestMessage request, CancellationToken cancellationToken) => base.SendAsync(request, cancellationToken);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _log.Enqueue(Describe(request));
        return _faults.TryPeek(out var fault) && fault.Fits(request) && _faults.TryDequeue(out fault)
            ? fault.Do(this, request, cancellationToken)
            : PassAsync(request, cancellationToken);
    }

    private static string Describe(HttpRequestMessage request)
    {
        var keys = request.RequestUri!.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(parameter => parameter.Split('=')[0])
            .Where(key => key is not ("x-id" or "sv" or "sig"))
            .Order(StringComparer.Ordinal);
        return string.Join(' ', keys.Prepend(request.Method.Method));
    }
}
