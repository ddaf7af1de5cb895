using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Cairn.Emulators.Tests;

/// <summary>A process that starts the endpoints it is told to, in an environment of its own, and holds them until it is killed.</summary>
internal sealed partial class OwnerProcess : IDisposable
{
    private const string ReadyPrefix = "ready";
    private const int MaxRemovals = 100;
    private static readonly TimeSpan RemovalPause = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly List<string> _lines = [];

    private OwnerProcess(Process process, string temporaryFolder)
    {
        _process = process;
        TemporaryFolder = temporaryFolder;
    }

    /// <summary>The process's own id.</summary>
    public int Id => _process.Id;

    /// <summary>Where the process keeps its temporary files.</summary>
    public string TemporaryFolder { get; }

    /// <summary>What it has said.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>The processes that serve it.</summary>
    public IReadOnlyList<int> ServerIds { get; private set; } = [];

    /// <summary>Where its servers answer, as it has said.</summary>
    public IReadOnlyList<Uri> Addresses => [.. AddressPattern().Matches(Output).Select(static match => new Uri(match.Value))];

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
        // A test that is about the choice of a server must not inherit one.
        if (variables.Length > 0) start.Environment["CAIRN_TEST_SERVERS"] = "";
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

    [GeneratedRegex(@"http://[^,\s]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AddressPattern();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: false);
        _process.Dispose();
        RemoveTemporaryFolder();
    }

    // The supervisors of the process's servers may still be about to empty it.
    private void RemoveTemporaryFolder()
    {
        for (var attempt = 0; Directory.Exists(TemporaryFolder); attempt++)
        {
            try
            {
                Directory.Delete(TemporaryFolder, recursive: true);
            }
            catch (IOException) when (attempt < MaxRemovals)
            {
                Thread.Sleep(RemovalPause);
            }
        }
    }
}
