using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cairn.Cli.Tests.Running;

/// <summary>The tool as a process of its own: the program under test, or <c>dotnet cairn.dll</c>.</summary>
internal sealed partial class ToolProcess : IDisposable
{
    private const int Interrupt = 2;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(Effort.IsFull ? 30 : 3);

    private readonly Process _process;
    private readonly Task<byte[]> _output;
    private readonly Task<string> _error;

    private ToolProcess(Process process)
    {
        _process = process;
        _output = ReadAsync(process.StandardOutput.BaseStream);
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Runs it to its end.</summary>
    public static async Task<ToolResult> RunAsync(Surroundings surroundings, params string[] args)
    {
        using var process = Start(surroundings, args);
        await process._process.StandardInput.BaseStream.WriteAsync(surroundings.Input, TestContext.Current.CancellationToken);
        process._process.StandardInput.Close();
        return await process.EndAsync();
    }

    public static ToolProcess Start(Surroundings surroundings, params string[] args)
    {
        var start = new ProcessStartInfo(OperatingSystem.IsLinux() ? "env" : Tool.Binary ?? "dotnet")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = surroundings.WorkingDirectory,
        };
        // A test run in the background of a shell ignores Ctrl-C, and so would what it starts.
        if (OperatingSystem.IsLinux())
        {
            start.ArgumentList.Add("--default-signal=INT");
            start.ArgumentList.Add(Tool.Binary ?? "dotnet");
        }
        if (Tool.Binary is null)
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "cairn.dll"));
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal) || k.StartsWith("AZURE_", StringComparison.Ordinal) || k.StartsWith("CAIRN_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["HOME"] = Path.GetTempPath();
        foreach (var (name, value) in surroundings.Environment)
            start.Environment[name] = value;
        return new ToolProcess(Process.Start(start)!);
    }

    /// <summary>The stream that is its standard input; what is not closed keeps it waiting.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>Ctrl-C.</summary>
    public void PressControlC() => Assert.Equal(0, Kill(_process.Id, Interrupt));

    /// <summary>The most memory that it had resident, as far as Linux says; 0 elsewhere. Ends with the process.</summary>
    public async Task<long> WatchMemoryAsync()
    {
        const string field = "VmHWM:";
        var peak = 0L;
        try
        {
            while (!_process.HasExited)
            {
                var line = (await File.ReadAllLinesAsync($"/proc/{_process.Id}/status")).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal));
                if (line is null)
                    return peak;
                peak = 1024 * long.Parse(line[field.Length..].Replace("kB", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
            }
        }
        catch (IOException)
        {
            // It has ended, or this is not Linux.
        }
        return peak;
    }

    public async Task<ToolResult> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Longest);
        return new ToolResult(_process.ExitCode, await _output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
