namespace Cairn.Emulators.Servers;

/// <summary>Asks a server whether it answers. Any HTTP answer will do: an anonymous request is often refused, and that is an answer.</summary>
internal static class HttpProbe
{
    private static readonly TimeSpan ExternalPatience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // No proxy of the machine may stand between a test and its server, and no old connection may speak for a new server.
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    private static readonly HttpClient ExternalClient = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Whether a server on this machine answers now.</summary>
    public static Task<bool> AnswersAsync(Uri address, CancellationToken cancellationToken) => AnswersAsync(Client, address, cancellationToken);

    /// <summary>Waits for the server that an environment variable named.</summary>
    /// <exception cref="EmulatorStartException">It does not answer.</exception>
    public static async Task WaitUntilExternalAnswersAsync(Uri address, string variable, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(ExternalPatience);
        try
        {
            while (!await AnswersAsync(ExternalClient, address, patience.Token)) await Task.Delay(Pause, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EmulatorStartException($"The server at {address}, named by {variable}, does not answer");
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
