using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace Cairn.Providers.Azure.Batches;

/// <summary>
/// Signs requests with a client's own authentication, whatever it is, without sending them: the client's authentication policy runs on a
/// message whose way to the server ends here. Also the client's pipeline, for requests that the SDK has no method for. Thread safe.
/// </summary>
internal sealed class RequestSigner
{
    private static readonly ReadOnlyMemory<HttpPipelinePolicy> Nowhere = new HttpPipelinePolicy[] { new Terminus() };

    private readonly HttpPipeline? _pipeline;
    private readonly HttpPipelinePolicy? _authentication;

    public RequestSigner(BlobServiceClient client)
    {
        try
        {
            _pipeline = Internals.PipelineOf(client);
            _authentication = Internals.AuthenticationOf(client);
        }
        catch (NullReferenceException)
        {
            // A stand-in, made with the constructor that the SDK has for tests, has neither, and the SDK does not ask.
        }
    }

    /// <summary>The client's own: its transport, its authentication, its policies.</summary>
    public HttpPipeline Pipeline => _pipeline ?? throw new NotSupportedException("The client has no pipeline.");

    /// <summary>Whether there is a pipeline; a stand-in for a client, made for somebody's tests, may have none.</summary>
    public bool IsAvailable => _pipeline is not null;

    /// <summary>
    /// The request to <paramref name="uri"/> with what the client would add to prove who it is: headers for a key or a token, a longer query for a
    /// shared access signature.
    /// </summary>
    public async ValueTask<SignedRequest> SignAsync(RequestMethod method, Uri uri, KeyValuePair<string, string>? header, CancellationToken cancellationToken)
    {
        if (_pipeline is null || _authentication is null)
            return new(method.Method, uri, header is { } only ? [only] : []);
        using var message = _pipeline.CreateMessage();
        message.Request.Method = method;
        message.Request.Uri.Reset(uri);
        if (header is var (name, value))
            message.Request.Headers.SetValue(name, value);
        await _authentication.ProcessAsync(message, Nowhere).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return new(method.Method, message.Request.Uri.ToUri(), [.. message.Request.Headers.Select(header => KeyValuePair.Create(header.Name, header.Value))]);
    }

    /// <summary>What the SDK shows to the packages beside it, by inheritance.</summary>
    private sealed class Internals : BlobServiceClient
    {
        public static HttpPipeline? PipelineOf(BlobServiceClient client) => GetHttpPipeline(client);

        public static HttpPipelinePolicy? AuthenticationOf(BlobServiceClient client) => GetAuthenticationPolicy(client);
    }

    /// <summary>Answers at once, as if the request had been accepted.</summary>
    private sealed class Terminus : HttpPipelinePolicy
    {
        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => message.Response = new NoResponse();

        public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            message.Response = new NoResponse();
            return default;
        }
    }
}
