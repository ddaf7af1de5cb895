using System.Buffers.Binary;
using System.Numerics;

namespace Cairn.Checkpoints;

/// <summary>The public-domain hash Murmur3 in its 128-bit form for 64-bit machines, seed 0: what Flink hashes operator uids with.</summary>
internal static class Murmur3
{
    private const ulong C1 = 0x87c3_7b91_1142_53d5;
    private const ulong C2 = 0x4cf5_ad43_2745_937f;
    private const int BlockSize = 16;

    /// <summary>Hashes the data into 16 bytes: both halves little-endian, the first half first.</summary>
    public static void Hash128(ReadOnlySpan<byte> data, Span<byte> hash)
    {
        ulong h1 = 0, h2 = 0;
        var rest = data;
        for (; rest.Length >= BlockSize; rest = rest[BlockSize..])
        {
            h1 = (BitOperations.RotateLeft(h1 ^ MixFirst(rest), 27) + h2) * 5 + 0x52dc_e729;
            h2 = (BitOperations.RotateLeft(h2 ^ MixSecond(rest), 31) + h1) * 5 + 0x3849_5ab5;
        }

        Span<byte> tail = stackalloc byte[BlockSize]; // zeros mix to zero: padding changes nothing
        rest.CopyTo(tail);
        (h1, h2) = Finish(h1 ^ MixFirst(tail), h2 ^ MixSecond(tail), (ulong)data.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(hash, h1);
        BinaryPrimitives.WriteUInt64LittleEndian(hash[8..], h2);
    }

    private static ulong MixFirst(ReadOnlySpan<byte> block) =>
        BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(block) * C1, 31) * C2;

    private static ulong MixSecond(ReadOnlySpan<byte> block) =>
        BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(block[8..]) * C2, 33) * C1;

    private static (ulong H1, ulong H2) Finish(ulong h1, ulong h2, ulong length)
    {
        h1 ^= length;
        h2 ^= length;
        h1 += h2;
        h2 += h1;
        h1 = Avalanche(h1);
        h2 = Avalanche(h2);
        h1 += h2;
        return (h1, h2 + h1);
    }

    private static ulong Avalanche(ulong k)
    {
        k = (k ^ (k >> 33)) * 0xff51_afd7_ed55_8ccd;
        k = (k ^ (k >> 33)) * 0xc4ce_b9fe_1a85_ec53;
        return k ^ (k >> 33);
    }
}
