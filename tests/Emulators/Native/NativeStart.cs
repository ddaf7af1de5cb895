using System.Runtime.Versioning;
using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Native;

/// <summary>The frame around every native start: a folder, a supervisor, ports, another attempt, and nothing left behind by a failure.</summary>
[SupportedOSPlatform("linux")]
internal static class NativeStart
{
    /// <param name="folders">The folder in which the server's own is made.</param>
    /// <param name="prefix">What the name of the server's folder begins with.</param>
    /// <param name="start">Starts the server; the place becomes its own when it returns.</param>
    public static Task<TEndpoint> RunAsync<TEndpoint>(string folders, string prefix, Func<ServerPlace, Task<TEndpoint>> start) =>
        StartAttempts.RunAsync(() => TryOnceAsync(folders, prefix, start));

    /// <summary>A supervisor with a fresh folder.</summary>
    public static async Task<Supervisor> SuperviseAsync(string folders, string prefix)
    {
        var folder = Path.Combine(folders, $"{prefix}{Guid.NewGuid():N}");
        return await Supervisor.OpenAsync(folder, await ShellLine.StartAsync(folder));
    }

    private static async Task<TEndpoint> TryOnceAsync<TEndpoint>(string folders, string prefix, Func<ServerPlace, Task<TEndpoint>> start)
    {
        var place = PlaceOf(await SuperviseAsync(folders, prefix));
        try
        {
            return await start(place);
        }
        catch
        {
            await place.DisposeAsync();
            throw;
        }
    }

    private static ServerPlace PlaceOf(Supervisor supervisor)
    {
        PortClaim port = PortClaim.Take(), backingPort = PortClaim.Take();
        return new ServerPlace(supervisor, port, backingPort)
        {
            Kind = "native process",
            Address = new Uri($"http://127.0.0.1:{port.Port}"),
            Host = "127.0.0.1",
            Port = port.Port,
            BackingPort = backingPort.Port,
        };
    }
}
