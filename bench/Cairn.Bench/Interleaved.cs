using System.Diagnostics;

namespace Cairn.Bench;

/// <summary>
/// Runs the contenders of a case in turn, run after run, the order reversed each time, so that what else the machine does hits all of them alike;
/// compares them run by run.
/// </summary>
internal static class Interleaved
{
    private const int WarmUps = 3;

    public static async Task<IReadOnlyList<IReadOnlyList<Sample>>> RunAsync(Case measured, int runs)
    {
        var samples = measured.Contenders.Select(_ => new List<Sample>(runs)).ToArray();
        var order = Enumerable.Range(0, measured.Contenders.Count).ToArray();
        for (var run = -WarmUps; run < runs; run++)
        {
            foreach (var contender in order)
            {
                var sample = await MeasureAsync(measured, measured.Contenders[contender]);
                await measured.Contenders[contender].CleanUpAsync();
                if (run >= 0)
                    samples[contender].Add(sample);
            }
            Array.Reverse(order);
        }
        return samples;
    }

    /// <summary>One run of a case's first contender, for what cannot be run twice in a row.</summary>
    public static Task<Sample> OnceAsync(Case measured) => MeasureAsync(measured, measured.Contenders[0]);

    private static async Task<Sample> MeasureAsync(Case measured, Contender contender)
    {
        if (contender.PrepareAsync is { } prepare)
            await prepare();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var start = Now(measured);
        for (var i = 0; i < measured.Operations; i++)
            await contender.RunAsync();
        var elapsed = Now(measured) - start;
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        return new(elapsed.TotalMicroseconds / measured.Operations, (double)allocated / measured.Operations);
    }

    private static TimeSpan Now(Case measured) => measured.IsProcessorTime ? Environment.CpuUsage.TotalTime : Stopwatch.GetElapsedTime(0);
}
