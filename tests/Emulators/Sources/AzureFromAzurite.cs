using Cairn.Emulators.Azurite;
using Cairn.Emulators.Native;
using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Sources;

/// <summary>A private Azurite on this machine.</summary>
internal static class AzureFromAzurite
{
    public static Task<AzureEndpoint> StartAsync(CancellationToken cancellationToken)
    {
        if (!ShellLine.IsSupported) throw new EmulatorUnavailableException("Azurite is only started on Linux", "start Docker, or run the tests on Linux");
        if (!SearchPath.Has("node") || !SearchPath.Has("npm"))
            throw new EmulatorUnavailableException("Node.js with npm is not installed", "eng/install-emulators.sh");
        return NativeStart.RunAsync(Path.GetTempPath(), "cairn-azurite-", place => StartAsync(place, cancellationToken));
    }

    private static async Task<AzureEndpoint> StartAsync(ServerPlace place, CancellationToken cancellationToken)
    {
        var azurite = await AzuriteInstallation.FindOrInstallAsync(place.Supervisor, cancellationToken);
        var version = await azurite.ReadVersionAsync(cancellationToken);
        return await AzuriteServer.StartAsync($"Azurite {version}", new ShellCommand(azurite.Node, azurite.Main), place, cancellationToken);
    }
}
