using System.Text.RegularExpressions;

using Cairn.Emulators.Native;
using Cairn.Emulators.Supervision;

namespace Cairn.Emulators.Ceph;

/// <summary>
/// Ceph's programs on this machine: those of the distribution, or others in the folder that <c>CAIRN_TEST_RADOSGW_ROOT</c> names, which
/// is the root of a system of its own (a newer distribution, say) and is entered with chroot.
/// </summary>
internal sealed partial class CephInstallation
{
    private const string RootVariable = "CAIRN_TEST_RADOSGW_ROOT";
    private static readonly string[] Programs = ["radosgw", "radosgw-admin", "ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool"];

    private readonly string? _root;

    private CephInstallation(string? root) => _root = root;

    /// <summary>That of an image, looked at from inside.</summary>
    public static CephInstallation OfImage { get; } = new(root: null);

    /// <summary>Where the folders of its servers have to be.</summary>
    public string TemporaryFolder => _root is null ? Path.GetTempPath() : Path.Combine(_root, "tmp");

    /// <exception cref="EmulatorUnavailableException">A program is missing.</exception>
    public static CephInstallation Find() => In(Environment.GetEnvironmentVariable(RootVariable) is { Length: > 0 } root ? Path.GetFullPath(root) : null);

    /// <param name="root">The root of a system of its own; null for this machine's.</param>
    /// <exception cref="EmulatorUnavailableException">A program is missing.</exception>
    public static CephInstallation In(string? root)
    {
        var missing = Array.Find(Programs, program => !Has(root, program));
        return missing is null
            ? new CephInstallation(root)
            : throw new EmulatorUnavailableException($"{missing} is not installed{(root is null ? "" : $" in {root}")}", "eng/install-emulators.sh");
    }

    /// <summary>A folder as the programs see it.</summary>
    public string Inside(string folder) => _root is null ? folder : $"/{Path.GetRelativePath(_root, folder)}";

    // Another system does not have this one's language, and its programs end when they are told to speak one that is not there.
    public ShellCommand Command(string program, params string[] arguments) => _root is null
        ? new ShellCommand(program, arguments)
        : new ShellCommand("chroot", [_root, program, .. arguments]).WithVariable("LC_ALL", "C");

    public async Task<Version> ReadVersionAsync(Supervisor supervisor, CancellationToken cancellationToken)
    {
        var output = await supervisor.RunAsync("version", Command("radosgw", "--version"), cancellationToken);
        var match = VersionPattern().Match(output);
        return match.Success
            ? Version.Parse(match.Groups["version"].Value)
            : throw new EmulatorStartException($"radosgw did not tell its version: {output}");
    }

    private static bool Has(string? root, string program) =>
        root is null ? SearchPath.Has(program) : File.Exists(Path.Combine(root, "usr", "bin", program));

    [GeneratedRegex(@"^ceph version (?<version>\d+\.\d+\.\d+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionPattern();
}
