using System.Diagnostics;
using System.Runtime.Versioning;

namespace Cairn.Emulators.Supervision;

/// <summary>A supervising shell on this machine.</summary>
internal sealed class ShellLine : ISupervisorLine
{
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(10);

    private readonly Process _shell;

    private ShellLine(Process shell) => _shell = shell;

    /// <summary>Whether processes can be supervised on this machine: the shell looks them up in /proc.</summary>
    [SupportedOSPlatformGuard("linux")]
    public static bool IsSupported => OperatingSystem.IsLinux();

    public int? ProcessId => _shell.Id;

    public static async Task<ShellLine> StartAsync(string folder)
    {
        // A session of its own: Ctrl-C in a terminal, or a kill of the whole group, must not end it before it has cleaned up.
        var start = new ProcessStartInfo("setsid", ["sh", "-c", await Supervisor.ReadScriptAsync(), "supervisor.sh", folder])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return new ShellLine(Process.Start(start) ?? throw new EmulatorStartException("The supervising shell could not be started"));
    }

    public Task WriteLineAsync(string line) => _shell.StandardInput.WriteLineAsync(line);

    public Task<string?> ReadLineAsync() => _shell.StandardOutput.ReadLineAsync();

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync().WaitAsync(EndPatience);
        _shell.Dispose();
    }
}
