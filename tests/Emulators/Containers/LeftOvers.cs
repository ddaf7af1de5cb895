using Docker.DotNet;
using Docker.DotNet.Models;

namespace Cairn.Emulators.Containers;

/// <summary>
/// Containers that never ran: a process that is killed after it made one and before it started it leaves that, an entry in Docker's
/// books. The next run removes it. Containers that ran end, and are removed, with their owner.
/// </summary>
internal static class LeftOvers
{
    /// <summary>The label of every container of the tests; its value is the id of the process that it belongs to.</summary>
    public const string OwnerLabel = "cairn.tests.owner";

    // Older than any start takes between the two steps.
    private const string Age = "1m";

    public static async Task RemoveAsync(IDockerClient docker, CancellationToken cancellationToken)
    {
        var filters = new Dictionary<string, IDictionary<string, bool>>(StringComparer.Ordinal) { ["label"] = Only(OwnerLabel), ["until"] = Only(Age) };
        try
        {
            await docker.Containers.PruneContainersAsync(new ContainersPruneParameters { Filters = filters }, cancellationToken);
        }
        catch (DockerApiException)
        {
            // Another process is about it, or Docker does not let us: a test does not fail for an entry in a list.
        }
    }

    private static Dictionary<string, bool> Only(string value) => new(StringComparer.Ordinal) { [value] = true };
}
