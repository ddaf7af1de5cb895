using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Cairn.Worker;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>A worker whose system calls are written down, and made to fail where a test says so.</summary>
internal sealed partial class Strace : IAsyncDisposable
{
    private const string Traced = "trace=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,linkat,unlinkat,mkdirat,fsetxattr,copy_file_range";

    private readonly string _log = Path.GetTempFileName();

    private Strace(string[] options) => Worker = WorkerProcess.Start(["strace", "-f", "-y", "-qq", "-e", Traced, "-o", _log, .. options]);

    public WorkerProcess Worker { get; }

    /// <summary>Starts a worker; skips the test where strace is missing or may not trace.</summary>
    /// <param name="options">More options of strace, such as <c>-e inject=…</c>.</param>
    public static Strace Start(params string[] options)
    {
        try
        {
            using var trial = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "true"]) { UseShellExecute = false, RedirectStandardError = true })!;
            trial.WaitForExit();
            Assert.SkipUnless(trial.ExitCode == 0, "strace may not trace here");
        }
        catch (Win32Exception)
        {
            Assert.Skip("strace is not installed");
        }
        return new Strace(options);
    }

    /// <summary>Ends the worker and returns its calls, in the order of their ends; one that was interrupted by another thread's is put together.</summary>
    public async Task<IReadOnlyList<string>> CallsAsync()
    {
        await Worker.DisposeAsync();
        var begun = new Dictionary<string, string>(StringComparer.Ordinal);
        var calls = new List<string>();
        foreach (var line in await File.ReadAllLinesAsync(_log, TestContext.Current.CancellationToken))
        {
            if (Line().Match(line) is not { Success: true } parts)
                continue;
            var (thread, text) = (parts.Groups["thread"].Value, parts.Groups["call"].Value);
            if (text.EndsWith(" <unfinished ...>", StringComparison.Ordinal))
                begun[thread] = text[..^" <unfinished ...>".Length];
            else if (Resumed().Match(text) is { Success: true } end)
                calls.Add(begun[thread] + text[end.Length..]);
            else
                calls.Add(text);
        }
        return calls;
    }

    public async ValueTask DisposeAsync()
    {
        await Worker.DisposeAsync();
        File.Delete(_log);
    }

    [GeneratedRegex(@"^(?<thread>\d+) +(?<call>.*)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();

    [GeneratedRegex(@"^<\.\.\. \w+ resumed>", RegexOptions.None, 1000)]
    private static partial Regex Resumed();
}
