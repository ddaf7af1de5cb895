using System.Net.Sockets;

namespace Cairn.FileSystems.Drivers;

/// <summary>What failures below HTTP mean; the same for every store that is reached over a network.</summary>
public static class TransportErrors
{
    /// <summary>
    /// Whether <paramref name="exception"/> is a connection that could not be made, broke or timed out, at any depth of inner exceptions. .NET's HTTP client
    /// lets out what its parser ran into, too, where a connection's buffer is not what it took it for: seen as an <see cref="ArgumentOutOfRangeException"/>
    /// out of the first line of an answer, under load.
    /// </summary>
    public static bool IsTransport(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is HttpRequestException or SocketException or OperationCanceledException or TimeoutException or IOException || IsLostParser(e))
                return e is not FileSystemException;
        }
        return false;
    }

    /// <summary>
    /// Whether the request certainly never reached the store: no address, no connection, no secure channel.
    /// Everything later may have reached it.
    /// </summary>
    public static bool WasNeverSent(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is HttpRequestException
                {
                    HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
                })
                return true;
        }
        return false;
    }

    /// <summary><see cref="FileSystemErrorCode.Unavailable"/> for a failure of the connection, naming <paramref name="endpoint"/>.</summary>
    public static FileSystemException Unavailable(StoragePath path, string endpoint, Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        var what = exception is OperationCanceledException or TimeoutException ? "timed out" : $"failed: {exception.Message}";
        return new(FileSystemErrorCode.Unavailable, $"The request for '{path}' to {endpoint} {what}.", path, exception);
    }

    /// <summary>What a request ends in that was torn down because of <paramref name="cancellationToken"/>: it may have run into anything, and it was told to end.</summary>
    internal static OperationCanceledException Cancelled(Exception exception, CancellationToken cancellationToken) =>
        new($"The request was cancelled, and ended in {exception.GetType().Name}.", exception, cancellationToken);

    private static bool IsLostParser(Exception exception) => exception is ArgumentOutOfRangeException or IndexOutOfRangeException or NullReferenceException;
}
