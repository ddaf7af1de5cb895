using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.EventStreams;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.S3.Model;

namespace Cairn.Providers.S3;

/// <summary>
/// Takes an answer in before the SDK reads it, unless it is a file. The SDK parses on a thread that waits for each byte, and lets a cancellation dispose of the body that this
/// thread is reading: the HTTP client drains it from both, and may put the connection back for the next request with a buffer that is neither empty nor that request's, or
/// with a read under way that takes its answer.
/// </summary>
internal sealed class WholeAnswers : PipelineHandler
{
    /// <summary>A page of 1,000 of the longest keys, each of their bytes encoded as three, takes a tenth.</summary>
    private const int Longest = 32 * 1024 * 1024;

    public override async Task<T> InvokeAsync<T>(IExecutionContext executionContext)
    {
        var request = executionContext.RequestContext;
        try
        {
            var result = await base.InvokeAsync<T>(executionContext).ConfigureAwait(false);
            var response = executionContext.ResponseContext;
            if (request.OriginalRequest is not GetObjectRequest && HasBody(response.HttpResponse, request))
                response.HttpResponse = await TakeInAsync(response.HttpResponse, request).ConfigureAwait(false);
            return result;
        }
        catch (HttpErrorResponseException e) when (HasBody(e.Response, request))
        {
            throw new HttpErrorResponseException(e.Message, e, await TakeInAsync(e.Response, request).ConfigureAwait(false));
        }
    }

    /// <summary>The length of the answer to a HEAD is that of the file; that of an answer in chunks, which says none, is 0 to the SDK.</summary>
    private static bool HasBody(IWebResponseData answer, IRequestContext request) =>
        (answer.ContentLength != 0 || !answer.IsHeaderPresent("Content-Length")) && answer.ResponseBody is not null && request.Request.HttpMethod != "HEAD";

    private static async Task<IWebResponseData> TakeInAsync(IWebResponseData answer, IRequestContext request)
    {
        using var body = answer.ResponseBody;
        var stream = await body.OpenResponseAsync().ConfigureAwait(false);
        var bytes = await AnswerBytes.TakeInAsync(stream, Longest, request.CancellationToken).ConfigureAwait(false)
            ?? throw new AmazonClientException($"The answer is longer than {Longest} bytes.");
        return new Whole(answer, bytes);
    }

    /// <summary>The head of an answer, and its body.</summary>
    private sealed class Whole(IWebResponseData head, AnswerBytes body) : IWebResponseData, IHttpResponseBody
    {
        public long ContentLength => head.ContentLength;

        public string ContentType => head.ContentType;

        public HttpStatusCode StatusCode => head.StatusCode;

        public bool IsSuccessStatusCode => head.IsSuccessStatusCode;

        public IHttpResponseBody ResponseBody => this;

        public string[] GetHeaderNames() => head.GetHeaderNames();

        public bool IsHeaderPresent(string headerName) => head.IsHeaderPresent(headerName);

        public string GetHeaderValue(string headerName) => head.GetHeaderValue(headerName);

        public bool IsEventHeaderPresent(string headerName) => head.IsEventHeaderPresent(headerName);

        public IEventStreamHeader GetEventStreamHeader(string headerName) => head.GetEventStreamHeader(headerName);

        public Stream OpenResponse() => body;

        public Task<Stream> OpenResponseAsync() => Task.FromResult<Stream>(body);

        public void Dispose() => body.Dispose();
    }
}
