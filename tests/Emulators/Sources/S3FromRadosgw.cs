using System.Runtime.Versioning;
using System.Security.Cryptography;
using Cairn.Emulators.Native;
using Cairn.Emulators.Native.Ceph;

namespace Cairn.Emulators.Sources;

/// <summary>A private Ceph gateway on this machine, with a monitor and an OSD in memory behind it.</summary>
internal static class S3FromRadosgw
{
    private const int AccessKeyLength = 20;
    private const int SecretKeyLength = 40;
    private const string KeyCharacters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private static readonly TimeSpan SetUpPatience = TimeSpan.FromSeconds(30);

    /// <summary>The radosgw of the distribution.</summary>
    public static Task<S3Endpoint> StartAsync(CancellationToken cancellationToken)
    {
        if (!Supervisor.IsSupported) throw OnlyOnLinux();
        return StartAsync(CephInstallation.Find(), cancellationToken);
    }

    /// <summary>A radosgw that lacks nothing, in a root of its own.</summary>
    public static async Task<S3Endpoint> StartStrictAsync(CancellationToken cancellationToken)
    {
        if (!Supervisor.IsSupported) throw OnlyOnLinux();
        return await StartAsync(await StrictCeph.FindOrInstallAsync(cancellationToken), cancellationToken);
    }

    private static EmulatorUnavailableException OnlyOnLinux() => new("radosgw is only started on Linux", "run the tests on Linux");

    [SupportedOSPlatform("linux")]
    private static Task<S3Endpoint> StartAsync(CephInstallation ceph, CancellationToken cancellationToken) =>
        NativeStart.RunAsync(ceph.TemporaryFolder, "cairn-radosgw-", (supervisor, port, token) => StartAsync(ceph, supervisor, port, token), cancellationToken);

    private static async Task<S3Endpoint> StartAsync(CephInstallation ceph, Supervisor supervisor, PortClaim port, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(SetUpPatience);
        try
        {
            return await SetUpAsync(ceph, supervisor, port, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EmulatorStartException($"Ceph was not set up within {SetUpPatience.TotalSeconds} s: {supervisor.TailOf("monitor")} {supervisor.TailOf("osd")}");
        }
    }

    private static async Task<S3Endpoint> SetUpAsync(CephInstallation ceph, Supervisor supervisor, PortClaim port, CancellationToken cancellationToken)
    {
        var version = await ceph.ReadVersionAsync(supervisor, cancellationToken);
        var cluster = new CephCluster(ceph, supervisor);
        // Not needed once the monitor listens: a monitor is never restarted.
        using var monitorPort = PortClaim.Take();
        var backing = await cluster.StartAsync(monitorPort.Port, port.Port, cancellationToken);
        var server = new NativeServer(supervisor, port, "radosgw", cluster.Command("radosgw", "-n", "client.gateway", "-f")) { KeepsDataWhenKilled = true, Backing = backing };
        await server.RestartAsync(cancellationToken);
        var (accessKey, secretKey) = (NewKey(AccessKeyLength), NewKey(SecretKeyLength));
        await cluster.AddUserAsync(accessKey, secretKey, cancellationToken);
        return new S3Endpoint(server, $"Ceph radosgw {version} (native process) at {server.Address}")
        {
            ServiceUrl = server.Address,
            AccessKey = accessKey,
            SecretKey = secretKey,
            Region = "us-east-1",
            Traits = S3Traits.OfRadosgw(version),
        };
    }

    // Keys of its own: a client that comes to the wrong server is refused instead of mixing with another run.
    private static string NewKey(int length) => RandomNumberGenerator.GetString(KeyCharacters, length);
}
