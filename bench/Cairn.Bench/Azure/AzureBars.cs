using System.Globalization;

namespace Cairn.Bench.Azure;

/// <summary>What the measured cases have to reach.</summary>
internal static class AzureBars
{
    public static IEnumerable<Bar> Of(Case measured, IReadOnlyList<IReadOnlyList<Sample>> samples) => measured.Name switch
    {
        "write 1 KiB" or "read 1 KiB" => [Allocations(measured.Name, samples)],
        "read 64 MiB" => [Memory(measured.Name, samples), Slower(measured.Name, samples, 1.1)],
        _ when measured.Name.StartsWith("write 1 GiB", StringComparison.Ordinal) => [Slower(measured.Name, samples, 1.0)],
        _ => samples.Count == 2 ? [Faster(measured.Name, samples)] : [Faster(measured.Name, samples), AsAnyClient(measured.Name, samples)],
    };

    private static Bar Allocations(string name, IReadOnlyList<IReadOnlyList<Sample>> samples)
    {
        var ratio = Median(samples[^1], sample => sample.AllocatedBytes) / Median(samples[0], sample => sample.AllocatedBytes);
        return new($"{name}: allocations", "≤ 1.15 ×", Times(ratio), ratio <= 1.15);
    }

    private static Bar Memory(string name, IReadOnlyList<IReadOnlyList<Sample>> samples)
    {
        var bytes = Median(samples[^1], sample => sample.AllocatedBytes);
        return new($"{name}: allocations", "≤ 1 MiB", string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:F0} KiB"), bytes <= 1024 * 1024);
    }

    private static Bar Slower(string name, IReadOnlyList<IReadOnlyList<Sample>> samples, double most)
    {
        var ratio = Ratio(samples[^1], samples[0]);
        return new($"{name}: time", string.Create(CultureInfo.InvariantCulture, $"≤ {most:F1} ×"), Times(ratio), ratio.Median <= most);
    }

    /// <summary>The second contender beside the first.</summary>
    private static Bar Faster(string name, IReadOnlyList<IReadOnlyList<Sample>> samples)
    {
        var ratio = Ratio(samples[0], samples[1]);
        return new($"{name}: than one request each", "≥ 5 × faster", Times(ratio), ratio.Median >= 5);
    }

    /// <summary>The second contender beside the third, which does nothing but send.</summary>
    private static Bar AsAnyClient(string name, IReadOnlyList<IReadOnlyList<Sample>> samples)
    {
        var ratio = Ratio(samples[1], samples[2]);
        return new($"{name}: time, beside batches that were signed before", "(no bar)", Times(ratio), null);
    }

    private static Estimate Ratio(IReadOnlyList<Sample> of, IReadOnlyList<Sample> to) => Estimate.Of([.. of.Zip(to, (a, b) => a.Microseconds / b.Microseconds)]);

    private static double Median(IReadOnlyList<Sample> samples, Func<Sample, double> value) => Estimate.Of([.. samples.Select(value)]).Median;

    private static string Times(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:F2} ×");

    private static string Times(Estimate ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio.Median:F2} × [{ratio.Low:F2} – {ratio.High:F2}]");
}
