using System.Runtime.InteropServices;

namespace Cairn.Conformance;

/// <summary>
/// Bytes that follow from a seed and compress badly, eight in a few operations where <see cref="Random"/> with a seed makes one by one: the suites make gigabytes.
/// </summary>
public static class Noise
{
    /// <summary>Fills <paramref name="bytes"/>; the same seed gives the same ones, and a shorter span their beginning.</summary>
    public static void Fill(Span<byte> bytes, long seed)
    {
        var state = (ulong)seed;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ref var word in words)
            word = Next(ref state);
        Span<ulong> last = [Next(ref state)];
        var rest = bytes[(words.Length * sizeof(ulong))..];
        MemoryMarshal.AsBytes(last)[..rest.Length].CopyTo(rest);
    }

    // SplitMix64.
    private static ulong Next(ref ulong state)
    {
        state = unchecked(state + 0x9E3779B97F4A7C15);
        var z = unchecked((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }
}
