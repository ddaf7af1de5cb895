using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Cairn.Bench.Azure;

/// <summary>
/// Puts a server far away: passes bytes on as they are, each <c>oneWay</c> after it came, in both directions. Bandwidth and the making of a
/// connection stay the loopback's.
/// </summary>
internal sealed class DelayRelay : IAsyncDisposable
{
    private const int Buffer = 64 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ended = new();
    private readonly Uri _server;
    private readonly TimeSpan _oneWay;
    private readonly Task _accepting;

    public DelayRelay(Uri server, TimeSpan oneWay)
    {
        (_server, _oneWay) = (server, oneWay);
        _listener.Start(512);
        Address = new UriBuilder(server) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port }.Uri;
        _accepting = AcceptAsync();
    }

    /// <summary>Where it listens; path and all else as the server's.</summary>
    public Uri Address { get; }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = RelayAsync(await _listener.AcceptSocketAsync(_ended.Token));
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RelayAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using (client)
        {
            (client.NoDelay, server.NoDelay) = (true, true);
            await server.ConnectAsync(_server.Host, _server.Port, _ended.Token);
            // Who ends first ends both: a client of HTTP never closes one half.
            await Task.WhenAny(PassAsync(client, server), PassAsync(server, client));
        }
    }

    private async Task PassAsync(Socket from, Socket to)
    {
        var underWay = Channel.CreateUnbounded<(byte[] Bytes, long Due)>();
        var arriving = ArriveAsync(underWay.Reader, to);
        var buffer = new byte[Buffer];
        try
        {
            while (await from.ReceiveAsync(buffer, _ended.Token) is > 0 and var count)
                underWay.Writer.TryWrite((buffer[..count], TimeProvider.System.GetTimestamp() + (long)(_oneWay.TotalSeconds * TimeProvider.System.TimestampFrequency)));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection ended.
        }
        underWay.Writer.Complete();
        await arriving;
    }

    private async Task ArriveAsync(ChannelReader<(byte[] Bytes, long Due)> underWay, Socket to)
    {
        try
        {
            await foreach (var (bytes, due) in underWay.ReadAllAsync(_ended.Token))
            {
                var left = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), due);
                if (left > TimeSpan.Zero)
                    await Task.Delay(left, _ended.Token);
                for (var sent = 0; sent < bytes.Length;)
                    sent += await to.SendAsync(bytes.AsMemory(sent), _ended.Token);
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection ended.
        }
    }
}
