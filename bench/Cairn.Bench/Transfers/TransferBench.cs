using Cairn.Emulators;

namespace Cairn.Bench.Transfers;

/// <summary>
/// <c>cairn cp -r</c> beside <c>rclone copy</c> and <c>aws s3 cp</c>, between a disk and an S3 server on this machine: each as its own process, in turn, the
/// order another one each round. Every round has a server of its own, so that none is fuller than the other's.
/// </summary>
internal sealed class TransferBench(IReadOnlyList<TransferTool> tools, string folder, TransferSamples samples)
{
    private const long LargeFile = 2L << 30;
    private const int SmallFiles = 10_000;
    private const int SmallLength = 1024;

    private readonly string _source = Path.Combine(folder, "cairn-bench-source");
    private readonly string _target = Path.Combine(folder, "cairn-bench-target");

    /// <summary>Measures <c>small</c> (10,000 files of 1 KiB) or <c>large</c> (one file of 2 GiB), up and down; answers which server it was.</summary>
    public async Task<string> RunAsync(string what, int rounds)
    {
        var server = "";
        Directory.CreateDirectory(_source);
        try
        {
            Write(what);
            for (var round = 0; round < rounds; round++)
                server = await RoundAsync(what == "large" ? "one file of 2 GiB" : "10,000 files of 1 KiB");
        }
        finally
        {
            Directory.Delete(_source, recursive: true);
        }
        return server;
    }

    private async Task<string> RoundAsync(string name)
    {
        await using var server = await S3Endpoint.StartAsync();
        var (up, down) = ($"{name}, to S3", $"{name}, from S3");
        var first = samples.Rounds(up) % tools.Count;
        TransferTool[] order = [.. tools.Skip(first), .. tools.Take(first)];
        foreach (var tool in order)
        {
            await TransferTool.MakeBucketAsync(server, Bucket(tool));
            samples.Add(up, tool.Name, await tool.RunAsync(server, _source, $"{Bucket(tool)}/data"));
        }
        foreach (var tool in order)
        {
            Directory.CreateDirectory(_target);
            samples.Add(down, tool.Name, await tool.RunAsync(server, $"{Bucket(tool)}/data", _target));
            Check(tool);
            Directory.Delete(_target, recursive: true);
        }
        return server.Description.Split(" at ", 2)[0];
    }

    private static string Bucket(TransferTool tool) => tool.Name.Replace(' ', '-');

    private void Write(string what)
    {
        var random = new Random(1);
        var buffer = new byte[what == "large" ? 1 << 20 : SmallLength];
        if (what == "large")
        {
            using var file = File.Create(Path.Combine(_source, "large"));
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
            var directory = Directory.CreateDirectory(Path.Combine(_source, $"d{i % 100}"));
            File.WriteAllBytes(Path.Combine(directory.FullName, $"f{i}"), buffer);
        }
    }

    private void Check(TransferTool tool)
    {
        var (source, target) = (Lengths(_source), Lengths(_target));
        if (source != target)
            throw new InvalidOperationException($"{tool.Name} copied {target.Files} files and {target.Bytes} bytes instead of {source.Files} and {source.Bytes}.");

        static (int Files, long Bytes) Lengths(string path)
        {
            var files = new DirectoryInfo(path).GetFiles("*", SearchOption.AllDirectories);
            return (files.Length, files.Sum(f => f.Length));
        }
    }
}
