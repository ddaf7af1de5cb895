using System.Diagnostics;

namespace Cairn.Bench;

/// <summary>What a process gets whose heap may not grow over 96 MiB.</summary>
internal static class SmallHeap
{
    private const string Bytes = "0x6000000";

    public static void Limit(ProcessStartInfo start)
    {
        start.Environment["DOTNET_GCHeapHardLimit"] = Bytes;
        // Without it, .NET 10 ends with a signal when a heap fills to its limit (dotnet/runtime#129681).
        start.Environment["DOTNET_gcConcurrent"] = "1";
    }
}
