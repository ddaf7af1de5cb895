using System.Net.Sockets;
using System.Text;

namespace Cairn.Faults.Http;

/// <summary>One connection of the client; each of its requests goes to the server over a connection of its own.</summary>
internal sealed class ProxyConnection : IDisposable
{
    private const int SlowPieces = 16;

    private static readonly TimeSpan SlowPause = TimeSpan.FromMilliseconds(5);

    private readonly FaultProxy _proxy;
    private readonly Socket _socket;
    private readonly NetworkStream _client;
    private readonly HttpReader _reader;

    public ProxyConnection(FaultProxy proxy, Socket socket)
    {
        _proxy = proxy;
        _socket = socket;
        _socket.NoDelay = true;
        _client = new NetworkStream(socket, ownsSocket: true);
        _reader = new HttpReader(_client);
    }

    /// <summary>Serves requests until the client or a fault ends the connection.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _reader.ReadHeadAsync(cancellationToken) is { } head && await ServeAsync(head, cancellationToken))
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Either side is gone; so is the other one now.
            Abort();
        }
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _client.Dispose();

    /// <summary>Ends the connection with a reset.</summary>
    public void Abort() => Abort(_socket);

    /// <summary>False when the connection ends with this request.</summary>
    private async Task<bool> ServeAsync(HttpHead head, CancellationToken cancellationToken)
    {
        var request = _proxy.Count(head.FirstLine[0], head.FirstLine[1]);
        var fault = _proxy.Choose(request);
        if (fault?.Kind == FaultKind.Reset)
            return Reset();
        if (head.Expects100)
            await _client.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellationToken);
        var body = new HttpBody(_reader, head.BodyLength ?? 0);
        if (fault?.Kind == FaultKind.Fail)
        {
            await CopyAsync(body, Stream.Null, cancellationToken);
            return await FailAsync(fault.Error, request, cancellationToken);
        }
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await server.ConnectAsync(_proxy.Server.Host, _proxy.Server.Port, cancellationToken);
        await using var stream = new NetworkStream(server);
        if (!await SendAsync(head, body, stream, fault, cancellationToken))
        {
            Abort(server);
            return Reset();
        }
        return await AnswerAsync(request, head, stream, fault, cancellationToken) && !head.EndsConnection;
    }

    /// <summary>False when the request was cut.</summary>
    private static async Task<bool> SendAsync(HttpHead head, HttpBody body, NetworkStream server, Fault? fault, CancellationToken cancellationToken)
    {
        var isCut = fault?.Kind == FaultKind.CutRequest && head.BodyLength is not (null or 0);
        try
        {
            await server.WriteAsync(head.Bytes, cancellationToken);
            if (isCut)
                await CopyAsync(body, server, cancellationToken, most: body.At(fault!.At));
            else if (fault?.Kind == FaultKind.SlowRequest)
                await CopySlowlyAsync(body, server, cancellationToken);
            else
                await CopyAsync(body, server, cancellationToken);
        }
        catch (IOException) when (!isCut)
        {
            // A server that refuses may stop reading; its answer says why.
        }
        return !isCut;
    }

    private async Task<bool> AnswerAsync(ProxiedRequest request, HttpHead head, NetworkStream server, Fault? fault, CancellationToken cancellationToken)
    {
        var reader = new HttpReader(server);
        HttpHead answer;
        do
        {
            answer = await reader.ReadHeadAsync(cancellationToken) ?? throw new EndOfStreamException();
        }
        while (answer.Status < 200);
        var body = new HttpBody(reader, answer.HasNoBody(request.Method) ? 0 : answer.BodyLength);
        switch (fault?.Kind)
        {
            case FaultKind.LoseAnswer or FaultKind.CutRequest:
                await CopyAsync(body, Stream.Null, cancellationToken);
                return Reset();
            case FaultKind.FailAfterEffect:
                await CopyAsync(body, Stream.Null, cancellationToken);
                return await FailAsync(fault.Error, request, cancellationToken);
            case FaultKind.CutAnswer or FaultKind.TruncateAnswer:
                await _client.WriteAsync(answer.Bytes, cancellationToken);
                await CopyAsync(body, _client, cancellationToken, most: body.At(fault.At));
                return fault.Kind == FaultKind.CutAnswer && Reset();
            case FaultKind.SlowAnswer:
                await _client.WriteAsync(answer.Bytes, cancellationToken);
                await CopySlowlyAsync(body, _client, cancellationToken);
                break;
            default:
                await _client.WriteAsync(answer.Bytes, cancellationToken);
                await CopyAsync(body, _client, cancellationToken, damaged: fault?.Kind == FaultKind.DamageAnswer ? body.At(fault.At) : null);
                break;
        }
        return !answer.EndsConnection && (answer.BodyLength is not null || answer.HasNoBody(request.Method));
    }

    private async Task<bool> FailAsync(ErrorAnswer error, ProxiedRequest request, CancellationToken cancellationToken)
    {
        var body = Encoding.UTF8.GetBytes(error.Body);
        string[] head = [$"HTTP/1.1 {error.Status} A fault", "Content-Type: application/xml", $"Content-Length: {body.Length}", .. error.Headers, "", ""];
        await _client.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", head)), cancellationToken);
        if (request.Method != "HEAD")
            await _client.WriteAsync(body, cancellationToken);
        return true;
    }

    private bool Reset()
    {
        Abort();
        return false;
    }

    private static async Task CopyAsync(HttpBody body, Stream to, CancellationToken cancellationToken, long most = long.MaxValue, long? damaged = null)
    {
        for (var position = 0L; position < most;)
        {
            var bytes = await body.ReadAsync(most - position, cancellationToken);
            if (bytes.IsEmpty)
                return;
            if (damaged is { } at && at >= position && at < position + bytes.Length)
            {
                var copy = bytes.ToArray();
                copy[at - position] ^= 0xFF;
                bytes = copy;
            }
            await to.WriteAsync(bytes, cancellationToken);
            position += bytes.Length;
        }
    }

    private static async Task CopySlowlyAsync(HttpBody body, Stream to, CancellationToken cancellationToken)
    {
        for (var piece = 0; piece < SlowPieces; piece++)
        {
            var bytes = await body.ReadAsync(1 + (piece * 100), cancellationToken);
            if (bytes.IsEmpty)
                return;
            await to.WriteAsync(bytes, cancellationToken);
            await Task.Delay(SlowPause, cancellationToken);
        }
        await CopyAsync(body, to, cancellationToken);
    }

    private static void Abort(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed already.
        }
    }
}
