using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Cairn.Bench;

/// <summary>How long the tool takes to start, and to look into a <c>_metadata</c> of 1 MB; measured by hyperfine, without a shell between.</summary>
internal static class StartupBench
{
    private const int Megabyte = 1_000_000;

    /// <summary>Their <c>_metadata</c> is a little over 1 MB.</summary>
    private const int Operators = 60;

    public static Command Create(Option<int> runs, Option<string?> report)
    {
        var cairn = new Option<string>("--cairn") { Description = "the program cairn, as Native AOT made it", Required = true };
        var command = new Command("startup", "starting the tool, and cairn inspect of a _metadata of 1 MB; needs hyperfine") { cairn, runs, report };
        command.SetAction(async (result, cancellationToken) =>
        {
            var text = await RunAsync(Path.GetFullPath(result.GetValue(cairn)!), result.GetValue(runs));
            Console.WriteLine(text);
            if (result.GetValue(report) is { } file)
                await File.WriteAllTextAsync(file, text, cancellationToken);
        });
        return command;
    }

    private static async Task<string> RunAsync(string cairn, int runs)
    {
        var folder = Directory.CreateTempSubdirectory("cairn-startup-").FullName;
        try
        {
            var metadata = MetadataFiles.Write(MetadataFiles.ManyHandles(Operators));
            if (metadata.Length < Megabyte)
                throw new InvalidOperationException($"The _metadata has {metadata.Length} bytes only.");
            await File.WriteAllBytesAsync(Path.Combine(folder, "_metadata"), metadata);
            var size = $"{metadata.Length:N0} bytes";
            (string Name, string Command, double Bar)[] cases =
            [
                ("`/bin/true`, a process that does nothing", "/bin/true", double.NaN),
                ("`cairn --version`", $"{cairn} --version", 20),
                ($"`cairn inspect` of a `_metadata` of {size}", $"{cairn} inspect {folder}", 40),
                ("`cairn inspect --json` of it", $"{cairn} inspect --json {folder}", double.NaN),
            ];
            var times = await MeasureAsync(folder, runs, cases.Select(c => c.Command));
            return Report(cases.Zip(times, (c, t) => (c.Name, t, c.Bar)), runs, new FileInfo(cairn).Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The milliseconds of each run of each command.</summary>
    private static async Task<IReadOnlyList<double[]>> MeasureAsync(string folder, int runs, IEnumerable<string> commands)
    {
        var output = Path.Combine(folder, "hyperfine.json");
        string[] arguments = ["-N", "--style", "none", "--output", "null", "--warmup", "10", "--runs", runs.ToString(CultureInfo.InvariantCulture), "--export-json", output, .. commands];
        using var process = Process.Start(new ProcessStartInfo("hyperfine", arguments))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"hyperfine ended with {process.ExitCode}.");
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(output));
        return [.. json.RootElement.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("times").EnumerateArray().Select(t => t.GetDouble() * 1000).ToArray())];
    }

    private static string Report(IEnumerable<(string Name, double[] Milliseconds, double Bar)> measured, int runs, long size)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"""
            # Starting `cairn`

                sh eng/cli-aot.sh publish
                dotnet run -c Release --project bench/Cairn.Bench -- startup --runs {runs} --cairn artifacts/cairn/cairn --report bench/reports/cli-startup.md

            The program of Native AOT, one file of {size / 1e6:F1} MB; {runs} runs of each by hyperfine, without a shell, {Environment.ProcessorCount} cores. The median, with its 95 % interval (bootstrap).

            | Command | Time | Required | Holds |
            |---|--:|--:|---|
            """);
        foreach (var (name, milliseconds, bar) in measured)
        {
            var time = Estimate.Of(milliseconds);
            var required = double.IsNaN(bar) ? " | " : $"≤ {bar} ms | {(time.Median <= bar ? "yes" : "**no**")}";
            text.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {time.Median:F1} ms [{time.Low:F1} – {time.High:F1}] | {required} |");
        }
        return text.ToString();
    }
}
