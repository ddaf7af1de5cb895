using Cairn.Emulators.Azurite;
using Cairn.Emulators.Containers;
using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Sources;

/// <summary>A private Azurite through Testcontainers.</summary>
internal static class AzureFromContainer
{
    public static async Task<AzureEndpoint> StartAsync(CancellationToken cancellationToken) => await ContainerStart.RunAsync(
        await ContainerImage.OfAzuriteAsync(), place => AzuriteServer.StartAsync("Azurite", new ShellCommand("azurite-blob"), place, cancellationToken), cancellationToken);
}
