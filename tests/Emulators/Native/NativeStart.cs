using System.Runtime.Versioning;

namespace Cairn.Emulators.Native;

/// <summary>The frame around every native start: a folder, a supervisor, a port, another try, and nothing left behind by a failure.</summary>
[SupportedOSPlatform("linux")]
internal static class NativeStart
{
    private const int MaxAttempts = 3;

    /// <param name="folders">The folder in which the server's own is made.</param>
    /// <param name="prefix">What the name of the server's folder begins with.</param>
    /// <param name="start">Starts the server; the supervisor and the port become its own when it returns.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<TEndpoint> RunAsync<TEndpoint>(
        string folders, string prefix, Func<Supervisor, PortClaim, CancellationToken, Task<TEndpoint>> start, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryOnceAsync(folders, prefix, start, cancellationToken);
            }
            catch (EmulatorStartException) when (attempt < MaxAttempts)
            {
                // A port can be lost to a stranger between the look and the use of it. The next try has new ports.
            }
        }
    }

    private static async Task<TEndpoint> TryOnceAsync<TEndpoint>(
        string folders, string prefix, Func<Supervisor, PortClaim, CancellationToken, Task<TEndpoint>> start, CancellationToken cancellationToken)
    {
        var supervisor = await Supervisor.StartAsync(Path.Combine(folders, $"{prefix}{Guid.NewGuid():N}"));
        var port = PortClaim.Take();
        try
        {
            return await start(supervisor, port, cancellationToken);
        }
        catch
        {
            await supervisor.DisposeAsync();
            port.Dispose();
            throw;
        }
    }
}
