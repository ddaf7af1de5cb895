using System.Security.Cryptography;
using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Ceph;

/// <summary>A private Ceph gateway, with a monitor and an OSD in memory behind it.</summary>
internal static class RadosgwServer
{
    /// <summary>Bytes that every part but the last needs at least.</summary>
    public const int MinPartSize = 256 * 1024;

    private const int AccessKeyLength = 20;
    private const int SecretKeyLength = 40;
    private const string KeyCharacters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly TimeSpan SetUpPatience = TimeSpan.FromSeconds(60);

    /// <param name="ceph">The programs.</param>
    /// <param name="place">Where they run; the endpoint's own when this returns.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<S3Endpoint> StartAsync(CephInstallation ceph, ServerPlace place, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(SetUpPatience);
        try
        {
            return await SetUpAsync(ceph, place, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EmulatorStartException($"Ceph was not set up within {SetUpPatience.TotalSeconds} s; the last process that was started: {place.Supervisor.Latest}");
        }
    }

    private static async Task<S3Endpoint> SetUpAsync(CephInstallation ceph, ServerPlace place, CancellationToken cancellationToken)
    {
        var version = await ceph.ReadVersionAsync(place.Supervisor, cancellationToken);
        var cluster = new CephCluster(ceph, place);
        var backing = await cluster.StartAsync(cancellationToken);
        var server = new SupervisedServer(place, "radosgw", cluster.Command("radosgw", "-n", "client.gateway", "-f")) { KeepsDataWhenKilled = true, Backing = backing };
        await server.RestartAsync(cancellationToken);
        var (accessKey, secretKey) = (NewKey(AccessKeyLength), NewKey(SecretKeyLength));
        await cluster.AddUserAsync(accessKey, secretKey, cancellationToken);
        return new S3Endpoint(server, $"Ceph radosgw {version} ({place.Kind}) at {place.Address}")
        {
            ServiceUrl = place.Address,
            AccessKey = accessKey,
            SecretKey = secretKey,
            Region = "us-east-1",
            MinPartSize = MinPartSize,
            Traits = S3Traits.OfRadosgw(version),
        };
    }

    // Keys of its own: a client that comes to the wrong server is refused instead of mixing with another run.
    private static string NewKey(int length) => RandomNumberGenerator.GetString(KeyCharacters, length);
}
