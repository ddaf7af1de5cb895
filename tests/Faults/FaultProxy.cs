using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Cairn.Faults.Http;

namespace Cairn.Faults;

/// <summary>
/// A proxy on the loopback in front of a real server, which does harm. It speaks HTTP/1.1 without encryption and changes no byte of a request, <c>Host</c>
/// included, so that signatures stay valid: give the client <see cref="Address"/> as the server's. Harmless until told otherwise. Thread safe.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<ProxyConnection, Task> _connections = new();
    private readonly ConcurrentQueue<(Func<ProxiedRequest, bool> Fits, Fault Fault)> _next = new();
    private readonly ConcurrentDictionary<FaultKind, int> _faults = new();
    private readonly ConcurrentQueue<ProxiedRequest> _requests = new();
    private readonly Task _accepting;
    private volatile FaultPlan? _plan;
    private volatile LastRequest? _last;
    private volatile bool _isCutOff;
    private int _count;

    private FaultProxy(Uri server, Socket listener)
    {
        Server = server;
        _listener = listener;
        Address = new UriBuilder(server) { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndPoint!).Port }.Uri;
        _accepting = AcceptAsync();
    }

    private sealed record LastRequest(int Number, bool TakesEffect);

    /// <summary>The server behind it.</summary>
    public Uri Server { get; }

    /// <summary>Where it listens; path and all else as in <see cref="Server"/>.</summary>
    public Uri Address { get; }

    /// <summary>Every request that arrived, in order, those included that were done harm to.</summary>
    public IReadOnlyCollection<ProxiedRequest> Requests => _requests;

    /// <summary>What was done so far, and how often.</summary>
    public IReadOnlyDictionary<FaultKind, int> Faults => _faults;

    /// <summary>Starts one on a free port.</summary>
    public static FaultProxy Start(Uri server)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        return new FaultProxy(server, listener);
    }

    /// <summary>From now on faults happen by chance; with null none do.</summary>
    public void Follow(FaultPlan? plan) => _plan = plan;

    /// <summary>Does harm to the next request that fits; in the order of these calls, each once, before any plan.</summary>
    public void Next(Func<ProxiedRequest, bool> fits, Fault fault) => _next.Enqueue((fits, fault));

    /// <summary>
    /// The client dies at its n-th request from here (from 1): that one takes effect or does not, no answer to it arrives, and no later request reaches the server.
    /// </summary>
    public void CutOffAt(int request, bool takesEffect) => _last = new LastRequest(Volatile.Read(ref _count) + request, takesEffect);

    /// <summary>From here on no request reaches the server and none is answered; connections are reset, those in use too.</summary>
    public void CutOff()
    {
        _isCutOff = true;
        foreach (var connection in _connections.Keys)
            connection.Abort();
    }

    /// <summary>Lets requests pass again.</summary>
    public void Restore() => (_isCutOff, _last) = (false, null);

    /// <summary>Ends every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        CutOff();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _ended.Dispose();
    }

    internal ProxiedRequest Count(string method, string target)
    {
        var request = new ProxiedRequest(Interlocked.Increment(ref _count), method, target);
        _requests.Enqueue(request);
        return request;
    }

    /// <summary>What happens to a request that arrived; null for nothing.</summary>
    internal Fault? Choose(ProxiedRequest request)
    {
        if (_last is { } last && request.Number >= last.Number)
        {
            _isCutOff |= request.Number == last.Number;
            return new Fault(request.Number == last.Number && last.TakesEffect ? FaultKind.LoseAnswer : FaultKind.Reset);
        }
        if (_isCutOff)
            return new Fault(FaultKind.Reset);
        var fault = _next.TryPeek(out var next) && next.Fits(request) && _next.TryDequeue(out next) ? next.Fault : _plan?.Next();
        if (fault is not null)
            _faults.AddOrUpdate(fault.Kind, 1, static (_, count) => count + 1);
        return fault;
    }

    private async Task AcceptAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
#pragma warning disable CA2000 // Disposed when it has ended.
                var connection = new ProxyConnection(this, await _listener.AcceptAsync(_ended.Token));
#pragma warning restore CA2000
                _connections[connection] = RunAsync(connection);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Ended, or the client was gone before it was accepted.
            }
        }
    }

    private async Task RunAsync(ProxyConnection connection)
    {
        await Task.Yield();
        using (connection)
            await connection.RunAsync(_ended.Token);
        _connections.TryRemove(connection, out _);
    }
}
