using Azure.Core;
using Azure.Core.Pipeline;

namespace Cairn.Providers.Azure;

/// <summary>
/// Takes an answer in before the SDK does, unless it is a file. The SDK lets a cancellation dispose of the body that another thread is reading just then: the HTTP client
/// reads it from both, ends in whatever its parser runs into, and may put the connection back for the next request with a buffer that is neither empty nor that request's.
/// </summary>
internal sealed class WholeAnswers : HttpPipelinePolicy
{
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline).ConfigureAwait(false);
        if (message.BufferResponse && message.Response.ContentStream is { CanSeek: false } body)
            message.Response.ContentStream = await TakeInAsync(body, message.CancellationToken).ConfigureAwait(false);
    }

    /// <summary>Nothing here is synchronous.</summary>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => ProcessNext(message, pipeline);

    private static async Task<MemoryStream> TakeInAsync(Stream body, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        await using (body.ConfigureAwait(false))
            await body.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        bytes.Position = 0;
        return bytes;
    }
}
