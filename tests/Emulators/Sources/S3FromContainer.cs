using Cairn.Emulators.Ceph;
using Cairn.Emulators.Containers;

namespace Cairn.Emulators.Sources;

/// <summary>A private Ceph gateway through Testcontainers, of an image that has Ceph's programs.</summary>
internal static class S3FromContainer
{
    public static async Task<S3Endpoint> StartAsync(CancellationToken cancellationToken) => await ContainerStart.RunAsync(
        await ContainerImage.OfS3Async(), place => RadosgwServer.StartAsync(CephInstallation.OfImage, place, cancellationToken), cancellationToken);

    public static async Task<S3Endpoint> StartStrictAsync(CancellationToken cancellationToken)
    {
        var endpoint = await StartAsync(cancellationToken);
        if (endpoint.Traits.AreComplete) return endpoint;
        await endpoint.DisposeAsync();
        throw new EmulatorUnavailableException($"{endpoint.Description} is not strict", "name an image of radosgw 20.2 or newer in CAIRN_TEST_S3_IMAGE");
    }
}
