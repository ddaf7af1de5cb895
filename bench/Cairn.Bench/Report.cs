using System.Runtime.InteropServices;
using System.Text;

namespace Cairn.Bench;

/// <summary>The report that is committed: what was measured, with what command, and every contender as a ratio to the first.</summary>
internal sealed class Report(string title, string command, int runs, string note = "")
{
    private readonly StringBuilder _text = new StringBuilder()
        .AppendLine($"# {title}")
        .AppendLine()
        .AppendLine($"`{command}`, {runs} interleaved runs of each, {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} core{(Environment.ProcessorCount == 1 ? "" : "s")}.")
        .AppendLine($"Time is the median of the runs; the ratio is the median of the ratios run by run, with its 95 % interval (bootstrap).{note}")
        .AppendLine()
        .AppendLine("| Case | Contender | Time | Ratio [95 %] | Allocated |")
        .AppendLine("|---|---|--:|--:|--:|");

    public void Add(Case measured, IReadOnlyList<IReadOnlyList<Sample>> samples)
    {
        for (var i = 0; i < samples.Count; i++)
        {
            var time = Estimate.Of([.. samples[i].Select(s => s.Microseconds)]);
            var ratio = Estimate.Of([.. samples[i].Zip(samples[0], (s, first) => s.Microseconds / first.Microseconds)]);
            var allocated = Estimate.Of([.. samples[i].Select(s => s.AllocatedBytes)]);
            var compared = i == 0 ? "1" : $"**{Ratio(ratio.Median)}** [{Ratio(ratio.Low)} – {Ratio(ratio.High)}]";
            var line = $"| {(i == 0 ? measured.Name : "")} | {measured.Contenders[i].Name} | {Time(time.Median)} | {compared} | {allocated.Median / 1024:F1} KiB |";
            _text.AppendLine(line);
            Console.WriteLine(line);
        }
    }

    /// <summary>A line for each bar, after the measured cases.</summary>
    public void AddBars(IReadOnlyList<Bar> bars)
    {
        _text.AppendLine().AppendLine("| Bar | Required | Measured | Holds |").AppendLine("|---|---|---|---|");
        foreach (var bar in bars)
        {
            var line = $"| {bar.Name} | {bar.Required} | {bar.Measured} | {Verdict(bar.Holds)} |";
            _text.AppendLine(line);
            Console.WriteLine(line);
        }
    }

    public override string ToString() => _text.ToString();

    private static string Verdict(bool? holds) => holds switch { true => "yes", false => "**no**", null => "–" };

    private static string Ratio(double ratio) => ratio < 0.1 ? $"{ratio:F4}" : $"{ratio:F2}";

    private static string Time(double microseconds) => microseconds < 1000 ? $"{microseconds:F0} µs" : $"{microseconds / 1000:F1} ms";
}
