using System.Net;
using System.Net.Sockets;

namespace Cairn.Emulators.Native;

/// <summary>
/// A TCP port of this machine that no other test run takes for as long as this is held, even while the server behind it is down. The
/// claim is a UDP socket bound to the same number, because the kernel gives it to one process only and takes it back from a dead one.
/// </summary>
internal sealed class PortClaim : IDisposable
{
    // Below the range from which the kernel takes ports for outgoing connections (32768 and up): one of those could sit on the port
    // of a server that is just being restarted. The lower part is left to the servers that look for ports by themselves.
    private const int Lowest = 20_000;
    private const int End = 32_000;
    private const int MaxAttempts = 1_000;

    private readonly Socket _claim;

    private PortClaim(Socket claim, int port)
    {
        _claim = claim;
        Port = port;
    }

    public int Port { get; }

    public static PortClaim Take()
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var port = Random.Shared.Next(Lowest, End);
            if (TryBind(SocketType.Dgram, ProtocolType.Udp, port) is not { } claim) continue;
            if (IsFree(port)) return new PortClaim(claim, port);
            claim.Dispose();
        }

        throw new EmulatorStartException($"No free port between {Lowest} and {End} was found");
    }

    public void Dispose() => _claim.Dispose();

    private static bool IsFree(int port)
    {
        using var probe = TryBind(SocketType.Stream, ProtocolType.Tcp, port);
        return probe is not null;
    }

    private static Socket? TryBind(SocketType type, ProtocolType protocol, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
