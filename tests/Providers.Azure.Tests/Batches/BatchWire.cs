using System.Net;
using System.Net.Http.Headers;
using Cairn.Providers.Tests.Http;

namespace Cairn.Providers.Azure.Tests.Batches;

/// <summary>What a test does to batches on their way.</summary>
internal static class BatchWire
{
    public static bool IsBatch(HttpRequestMessage request) => request.Method == HttpMethod.Post && request.RequestUri!.Query.Contains("comp=batch", StringComparison.Ordinal);

    /// <summary>The server takes the next batch, and its answer is changed on the way.</summary>
    public static void ChangeAnswer(this HttpWire wire, Func<string, string> change) => wire.Next(IsBatch, async (inner, request, cancellationToken) =>
    {
        var answer = await inner.PassAsync(request, cancellationToken);
        var content = new StringContent(change(await answer.Content.ReadAsStringAsync(cancellationToken)));
        content.Headers.ContentType = answer.Content.Headers.ContentType;
        answer.Content = content;
        return answer;
    });

    /// <summary>The next batch is answered with this and never reaches the server.</summary>
    public static void AnswerBatch(this HttpWire wire, string boundary, string body) => wire.Next(IsBatch, (_, request, _) =>
    {
        var content = new StringContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/mixed; boundary={boundary}");
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.Accepted) { RequestMessage = request, Content = content });
    });

    /// <summary>Remembers what the next batch consists of, and passes it on.</summary>
    public static void Watch(this HttpWire wire, Action<string> see) => wire.Next(IsBatch, async (inner, request, cancellationToken) =>
    {
        await request.Content!.LoadIntoBufferAsync(cancellationToken);
        see(await request.Content.ReadAsStringAsync(cancellationToken));
        return await inner.PassAsync(request, cancellationToken);
    });
}
