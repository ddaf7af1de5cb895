using System.Globalization;
using System.Text;

namespace Cairn.Bench.Transfers;

/// <summary>Seconds by case and tool, round by round; kept in a file, so that rounds can be run one by one.</summary>
internal sealed class TransferSamples
{
    private readonly string? _file;
    private readonly List<(string Case, string Tool, double Seconds)> _all = [];

    public TransferSamples(string? file)
    {
        _file = file;
        if (file is not null && File.Exists(file))
            _all.AddRange(File.ReadLines(file).Select(line => line.Split('\t')).Select(f => (f[0], f[1], double.Parse(f[2], CultureInfo.InvariantCulture))));
    }

    public IEnumerable<string> Cases => _all.Select(s => s.Case).Distinct();

    /// <summary>Rounds that are there of a case.</summary>
    public int Rounds(string name) => _all.Where(s => s.Case == name).GroupBy(s => s.Tool).Select(g => g.Count()).DefaultIfEmpty(0).Min();

    public void Add(string name, string tool, double seconds)
    {
        _all.Add((name, tool, seconds));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {tool} {seconds:F2} s"));
        if (_file is not null)
            File.AppendAllText(_file, string.Create(CultureInfo.InvariantCulture, $"{name}\t{tool}\t{seconds}\n"));
    }

    /// <summary>A table and what the bars say, of every case that there is.</summary>
    public string Report(IReadOnlyList<TransferTool> tools)
    {
        var table = new StringBuilder("| Case | Rounds | Tool | Seconds | Beside cairn [95 %] |\n|---|--:|---|--:|--:|\n");
        var bars = new StringBuilder("| Bar | Required | Measured | Holds |\n|---|---|---|---|\n");
        foreach (var name in Cases)
        {
            var ours = Of(name, tools[0]);
            foreach (var tool in tools)
            {
                var theirs = Of(name, tool);
                var ratio = Estimate.Of([.. theirs.Zip(ours, (t, o) => t / o)]);
                var isOurs = tool == tools[0];
                table.AppendLine(CultureInfo.InvariantCulture, $"| {(isOurs ? name : "")} | {(isOurs ? $"{Rounds(name)}" : "")} | {tool.Name} | {Estimate.Of(theirs).Median:F2} | {(isOurs ? "1" : Text(ratio))} |");
                if (!isOurs)
                    bars.AppendLine(CultureInfo.InvariantCulture, $"| {name}: {tool.Name} takes | {(tool.Name.StartsWith("rclone", StringComparison.Ordinal) ? "≥ 1.00 ×" : "> 1.00 ×")} | {Text(ratio)} | {(ratio.Median >= 1 ? "yes" : "**no**")} |");
            }
        }
        return $"{table}\n{bars}";
    }

    private List<double> Of(string name, TransferTool tool) => [.. _all.Where(s => s.Case == name && s.Tool == tool.Name).Select(s => s.Seconds)];

    private static string Text(Estimate ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio.Median:F2} × [{ratio.Low:F2} – {ratio.High:F2}]");
}
