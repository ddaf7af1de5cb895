namespace Cairn.Tests;

/// <summary>What a call allocates. Counted for the whole process, so nothing may run beside it.</summary>
internal static class Allocations
{
    private const int Rounds = 3;

    /// <summary>Bytes for one call, in the least of three rounds of <paramref name="times"/> calls: the runtime has work of its own now and then, and that allocates too.</summary>
    public static async Task<double> OfAsync(int times, Func<Task> call)
    {
        await RunAsync(times, call);
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
            least = Math.Min(least, await RunAsync(times, call));
        return (double)least / times;
    }

    private static async Task<long> RunAsync(int times, Func<Task> call)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < times; i++)
            await call();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }
}
