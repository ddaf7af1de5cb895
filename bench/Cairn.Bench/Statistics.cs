namespace Cairn.Bench;

/// <summary>The middle of measured values, and how sure it is.</summary>
/// <param name="Median">Half of the values are above it.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end: the median of another such series lies inside with 95 % confidence.</param>
internal readonly record struct Estimate(double Median, double Low, double High)
{
    private const int Resamples = 10_000;

    /// <summary>The median and its bootstrap interval; the seed is fixed, so the same values give the same interval.</summary>
    public static Estimate Of(IReadOnlyList<double> values)
    {
        var random = new Random(1);
        var medians = new double[Resamples];
        var resample = new double[values.Count];
        for (var i = 0; i < Resamples; i++)
        {
            for (var j = 0; j < resample.Length; j++)
                resample[j] = values[random.Next(values.Count)];
            medians[i] = MedianOf(resample);
        }
        Array.Sort(medians);
        return new(MedianOf([.. values]), medians[(int)(Resamples * 0.025)], medians[(int)(Resamples * 0.975)]);
    }

    private static double MedianOf(double[] values)
    {
        Array.Sort(values);
        return (values[values.Length / 2] + values[(values.Length - 1) / 2]) / 2;
    }
}
