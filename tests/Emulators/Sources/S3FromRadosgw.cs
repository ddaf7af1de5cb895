using System.Runtime.Versioning;
using Cairn.Emulators.Ceph;
using Cairn.Emulators.Native;
using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Sources;

/// <summary>A private Ceph gateway on this machine.</summary>
internal static class S3FromRadosgw
{
    /// <summary>The radosgw of the distribution.</summary>
    public static Task<S3Endpoint> StartAsync(CancellationToken cancellationToken)
    {
        if (!ShellLine.IsSupported) throw OnlyOnLinux();
        return StartAsync(CephInstallation.Find(), cancellationToken);
    }

    /// <summary>A radosgw that lacks nothing, in a root of its own.</summary>
    public static async Task<S3Endpoint> StartStrictAsync(CancellationToken cancellationToken)
    {
        if (!ShellLine.IsSupported) throw OnlyOnLinux();
        return await StartAsync(await StrictCeph.FindOrInstallAsync(cancellationToken), cancellationToken);
    }

    private static EmulatorUnavailableException OnlyOnLinux() =>
        new("radosgw is only started on Linux", "start Docker, or run the tests on Linux");

    [SupportedOSPlatform("linux")]
    private static Task<S3Endpoint> StartAsync(CephInstallation ceph, CancellationToken cancellationToken) =>
        NativeStart.RunAsync(ceph.TemporaryFolder, "cairn-radosgw-", place => RadosgwServer.StartAsync(ceph, place, cancellationToken));
}
