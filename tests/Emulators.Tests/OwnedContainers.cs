using Docker.DotNet.Models;
using DotNet.Testcontainers.Configurations;

namespace Cairn.Emulators.Tests;

/// <summary>The containers that a process of the tests started.</summary>
internal static class OwnedContainers
{
    /// <summary>How many run; none where there is no Docker.</summary>
    public static async Task<int> CountAsync(int ownerId)
    {
        if (TestcontainersSettings.OS.DockerEndpointAuthConfig is not { } endpoint) return 0;
        using var docker = endpoint.GetDockerClientBuilder(Guid.NewGuid()).Build();
        var labels = new Dictionary<string, bool>(StringComparer.Ordinal) { [$"cairn.tests.owner={ownerId}"] = true };
        var parameters = new ContainersListParameters
        {
            Filters = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal) { ["label"] = labels },
        };
        return (await docker.Containers.ListContainersAsync(parameters, TestContext.Current.CancellationToken)).Count;
    }
}
