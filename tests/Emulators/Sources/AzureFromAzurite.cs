using System.Security.Cryptography;
using Cairn.Emulators.Native;
using Cairn.Emulators.Native.Azurite;

namespace Cairn.Emulators.Sources;

/// <summary>A private Azurite on this machine, in memory.</summary>
internal static class AzureFromAzurite
{
    private const string AccountName = "cairntests";
    private const int KeyBytes = 64;

    public static Task<AzureEndpoint> StartAsync(CancellationToken cancellationToken)
    {
        if (!Supervisor.IsSupported) throw new EmulatorUnavailableException("Azurite is only started on Linux", "run the tests on Linux");
        if (!SearchPath.Has("node") || !SearchPath.Has("npm"))
            throw new EmulatorUnavailableException("Node.js with npm is not installed", "eng/install-emulators.sh");
        return NativeStart.RunAsync(Path.GetTempPath(), "cairn-azurite-", StartAsync, cancellationToken);
    }

    private static async Task<AzureEndpoint> StartAsync(Supervisor supervisor, PortClaim port, CancellationToken cancellationToken)
    {
        var azurite = await AzuriteInstallation.FindOrInstallAsync(supervisor, cancellationToken);
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        // Its disk mode is no better: it loses acknowledged uploads when it is killed.
        var server = new NativeServer(supervisor, port, "azurite", Command(azurite, port, key)) { KeepsDataWhenKilled = false };
        await server.RestartAsync(cancellationToken);
        var description = $"Azurite {await azurite.ReadVersionAsync(cancellationToken)} (native process) at {server.Address}";
        return new AzureEndpoint(server, description, AzureAccount.At(new Uri(server.Address, AccountName), AccountName, key));
    }

    // Azure's SDK speaks a newer version of the protocol than Azurite knows of, and Azurite refuses it unless told otherwise.
    private static ShellCommand Command(AzuriteInstallation azurite, PortClaim port, string key) => new(
        "node", azurite.Main, "--blobHost", "127.0.0.1", "--blobPort", $"{port.Port}",
        "--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--silent")
    {
        // An account of its own: a client that comes to the wrong server is refused instead of mixing with another run.
        Variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["AZURITE_ACCOUNTS"] = $"{AccountName}:{key}" },
    };
}
