using System.Diagnostics;
using System.Text;
using Cairn.Emulators;

namespace Cairn.Bench;

/// <summary>
/// <c>cairn cp -r</c> beside <c>rclone copy</c> and <c>aws s3 cp</c>, between a disk and an S3 server on this machine: each as its own process, in turn,
/// round after round. Every round has a server of its own, so that none is fuller than the other's.
/// </summary>
internal sealed class TransferBench(string cairn, string folder)
{
    private const long LargeFile = 2L << 30;
    private const int SmallFiles = 10_000;
    private const int SmallLength = 1024;

    private readonly Dictionary<(string Case, string Tool), List<double>> _seconds = [];

    private sealed record Tool(string Name, Func<string, string, string[]> Copy, IReadOnlyDictionary<string, string> Environment);

    /// <summary>Measures <c>small</c> (10,000 files of 1 KiB) or <c>large</c> (one file of 2 GiB), up and down.</summary>
    public async Task RunAsync(string what, int rounds)
    {
        var source = Path.Combine(folder, "cairn-bench-source");
        Write(source, what);
        try
        {
            for (var round = 0; round < rounds; round++)
                await RoundAsync(what, source, round);
        }
        finally
        {
            Directory.Delete(source, recursive: true);
        }
    }

    public string Report(string command)
    {
        var text = new StringBuilder();
        text.AppendLine($"`{command}`: the median of the rounds, in brackets the shortest and the longest.").AppendLine();
        text.AppendLine("| Case | Tool | Seconds | Beside cairn |").AppendLine("|---|---|--:|--:|");
        foreach (var group in _seconds.GroupBy(s => s.Key.Case))
        {
            var ours = Median(group.Single(s => s.Key.Tool == "cairn").Value);
            foreach (var (key, seconds) in group)
                text.AppendLine($"| {key.Case} | {key.Tool} | {Median(seconds):F2} [{seconds.Min():F2} – {seconds.Max():F2}] | {Median(seconds) / ours:F2} |");
        }
        return text.ToString();
    }

    private async Task RoundAsync(string what, string source, int round)
    {
        await using var server = await S3Endpoint.StartAsync();
        var tools = Tools(server);
        foreach (var tool in round % 2 == 0 ? tools : tools.Reverse())
            await MeasureAsync($"{what}, to S3", tool, tool.Copy(source, $"{tool.Name}-bucket/data"), $"{tool.Name}-bucket", server);
        foreach (var tool in round % 2 == 0 ? tools : tools.Reverse())
        {
            var target = Path.Combine(folder, "cairn-bench-target");
            Directory.CreateDirectory(target);
            await MeasureAsync($"{what}, from S3", tool, tool.Copy($"{tool.Name}-bucket/data", target), null, server);
            Check(source, target);
            Directory.Delete(target, recursive: true);
        }
    }

    private async Task MeasureAsync(string name, Tool tool, string[] command, string? newBucket, S3Endpoint server)
    {
        if (newBucket is not null)
            await ProcessAsync(["aws", "--endpoint-url", server.ServiceUrl.ToString(), "s3", "mb", $"s3://{newBucket}"], tool.Environment);
        Process.Start("sync").WaitForExit();
        var start = Stopwatch.GetTimestamp();
        await ProcessAsync(command, tool.Environment);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        if (!_seconds.TryGetValue((name, tool.Name), out var list))
            _seconds[(name, tool.Name)] = list = [];
        list.Add(seconds);
        Console.WriteLine($"{name}: {tool.Name} {seconds:F2} s");
    }

    private Tool[] Tools(S3Endpoint server)
    {
        var environment = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/bin:/bin",
            ["AWS_ACCESS_KEY_ID"] = server.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = server.SecretKey,
            ["AWS_REGION"] = server.Region,
            ["AWS_DEFAULT_REGION"] = server.Region,
            ["AWS_ENDPOINT_URL_S3"] = server.ServiceUrl.ToString(),
        };
        var rclone = $":s3,provider=Ceph,env_auth=true,endpoint='{server.ServiceUrl}':";
        string S3(string place) => place.StartsWith('/') ? place : $"s3://{place}";
        string Rclone(string place) => place.StartsWith('/') ? place : rclone + place;
        return
        [
            new("cairn", (from, to) => [cairn, "cp", "-r", S3(from), S3(to)], environment),
            new("rclone", (from, to) => ["rclone", "copy", Rclone(from), Rclone(to)], environment),
            new("aws", (from, to) => ["aws", "--endpoint-url", server.ServiceUrl.ToString(), "s3", "cp", "--recursive", "--only-show-errors", S3(from), S3(to)], environment),
        ];
    }

    private static async Task ProcessAsync(string[] command, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // rclone cannot take a bundle of its own together with its transport.
        start.Environment.Remove("AWS_CA_BUNDLE");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}: {await error}{await output}");
    }

    private static void Write(string source, string what)
    {
        Directory.CreateDirectory(source);
        var random = new Random(1);
        var buffer = new byte[what == "large" ? 1 << 20 : SmallLength];
        if (what == "large")
        {
            using var file = File.Create(Path.Combine(source, "large"));
            for (long written = 0; written < LargeFile; written += buffer.Length)
            {
                random.NextBytes(buffer);
                file.Write(buffer);
            }
            return;
        }
        for (var i = 0; i < SmallFiles; i++)
        {
            random.NextBytes(buffer);
            var directory = Directory.CreateDirectory(Path.Combine(source, $"d{i % 100}"));
            File.WriteAllBytes(Path.Combine(directory.FullName, $"f{i}"), buffer);
        }
    }

    private static void Check(string source, string target)
    {
        long Length(string path) => new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length);
        if (Length(source) != Length(target))
            throw new InvalidOperationException("Not every byte arrived.");
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[sorted.Count / 2 - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
