using System.Runtime.Versioning;
using Cairn.Emulators.Native;
using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Ceph;

/// <summary>The Ceph that eng/install-strict-s3.sh puts into a root of its own in the user's cache folder; put there when it is not.</summary>
[SupportedOSPlatform("linux")]
internal static class StrictCeph
{
    private const string Installer = "install-strict-s3.sh";
    private const string Remedy = "eng/install-emulators.sh as root, with a network";
    private static readonly TimeSpan InstallPatience = TimeSpan.FromMinutes(4);

    /// <exception cref="EmulatorUnavailableException">It cannot be installed, or there is none that is strict.</exception>
    public static async Task<CephInstallation> FindOrInstallAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess) throw new EmulatorUnavailableException("The strict radosgw runs in a root of its own, which needs root", "run the tests as root");
        if (!SearchPath.Has("chroot")) throw new EmulatorUnavailableException("chroot is not installed", Remedy);
        var answer = await InstallAsync(cancellationToken);
        return Directory.Exists(answer)
            ? CephInstallation.In(answer)
            : throw new EmulatorUnavailableException($"Debian has {answer}", $"wait for one, or name a suite in CAIRN_STRICT_S3_SUITES") { IsBeyondHelp = true };
    }

    private static async Task<string> InstallAsync(CancellationToken cancellationToken)
    {
        await using var supervisor = await NativeStart.SuperviseAsync(Path.GetTempPath(), "cairn-strict-s3-");
        foreach (var file in new[] { Installer, "debian-root.sh" }) await EmbeddedFile.WriteAsync(file, Path.Combine(supervisor.Folder, file));
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(InstallPatience);
        try
        {
            var output = await supervisor.RunAsync("install", new ShellCommand("sh", Path.Combine(supervisor.Folder, Installer)), patience.Token);
            return output.Split('\n')[^1];
        }
        catch (Exception problem) when (problem is EmulatorStartException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // Most likely there is no network, or no apt: then the machine cannot have it, and that is no fault of a test.
            throw new EmulatorUnavailableException($"The strict radosgw could not be installed ({problem.Message})", Remedy);
        }
    }
}
