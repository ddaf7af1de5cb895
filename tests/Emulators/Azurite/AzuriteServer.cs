using System.Security.Cryptography;
using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Azurite;

/// <summary>A private Azurite, in memory.</summary>
internal static class AzuriteServer
{
    private const string AccountName = "cairntests";
    private const int KeyBytes = 64;

    /// <param name="name">Which Azurite it is; for people.</param>
    /// <param name="program">How its blob service is started.</param>
    /// <param name="place">Where it runs; the endpoint's own when this returns.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<AzureEndpoint> StartAsync(string name, ShellCommand program, ServerPlace place, CancellationToken cancellationToken)
    {
        // An account of its own: a client that comes to the wrong server is refused instead of mixing with another run.
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));
        var command = Command(program, place).WithVariable("AZURITE_ACCOUNTS", $"{AccountName}:{key}");
        // Its disk mode is no better: it loses acknowledged uploads when it is killed.
        var server = new SupervisedServer(place, "azurite", command) { KeepsDataWhenKilled = false };
        await server.RestartAsync(cancellationToken);
        return new AzureEndpoint(server, $"{name} ({place.Kind}) at {place.Address}", AzureAccount.At(new Uri(place.Address, AccountName), AccountName, key));
    }

    // Azure's SDK speaks a newer version of the protocol than Azurite knows of, and Azurite refuses it unless told otherwise.
    private static ShellCommand Command(ShellCommand program, ServerPlace place) => program.WithArguments(
        "--blobHost", place.Host, "--blobPort", $"{place.Port}", "--inMemoryPersistence", "--disableTelemetry", "--skipApiVersionCheck", "--silent");
}
