using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Cairn.Emulators.Tests;

/// <summary>A process that starts the endpoints it is told to, in an environment of its own, and holds them until it is killed.</summary>
internal sealed class OwnerProcess : IDisposable
{
    private const string ReadyPrefix = "ready";
    private readonly Process _process;
    private readonly List<string> _lines = [];

    private OwnerProcess(Process process, string temporaryFolder)
    {
        _process = process;
        TemporaryFolder = temporaryFolder;
    }

    /// <summary>Where the process keeps its temporary files.</summary>
    public string TemporaryFolder { get; }

    /// <summary>What it has said.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>The processes that serve it.</summary>
    public IReadOnlyList<int> ServerIds { get; private set; } = [];

    public static OwnerProcess Start(string kinds, params (string Name, string Value)[] variables)
    {
        var folder = Directory.CreateTempSubdirectory("cairn-owner-").FullName;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Cairn.Emulators.Owner"), kinds)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        // The program is found by its runtime even where a test takes the search path away.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));
        start.Environment["TMPDIR"] = folder;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return new OwnerProcess(Process.Start(start)!, folder);
    }

    /// <summary>Waits until it has its endpoints, or has said why not and ended.</summary>
    /// <returns>Whether it has them.</returns>
    public async Task<bool> WaitUntilReadyAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            _lines.Add(line);
            if (!line.StartsWith(ReadyPrefix, StringComparison.Ordinal)) continue;
            var ids = line[ReadyPrefix.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            ServerIds = [.. ids.Select(static id => int.Parse(id, CultureInfo.InvariantCulture))];
            return true;
        }

        return false;
    }

    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: false);
        _process.Dispose();
        Directory.Delete(TemporaryFolder, recursive: true);
    }
}
