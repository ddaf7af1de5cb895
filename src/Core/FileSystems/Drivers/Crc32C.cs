using System.Buffers.Binary;
using System.Numerics;

namespace Cairn.FileSystems.Drivers;

/// <summary>
/// CRC-32C (Castagnoli), the checksum that stores keep: continued over pieces, and combined from the checksums of parts. Thread safe.
/// The checksum of no bytes is 0.
/// </summary>
public static class Crc32C
{
    /// <summary>Three lanes of this many bytes are summed at once: one instruction waits for the one before it, three independent ones do not.</summary>
    private const int Lane = 1024;

    private const uint Polynomial = 0x82F63B78;

    /// <summary>The lane's shift by table, a table for each byte of a checksum.</summary>
    private static readonly uint[] LaneShift = MakeTables(ShiftOf(Lane));

    /// <summary>The checksum of what <paramref name="checksum"/> is of, followed by <paramref name="bytes"/>.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var state = ~checksum;
        while (bytes.Length >= 3 * Lane)
        {
            state = AppendLanes(state, bytes);
            bytes = bytes[(3 * Lane)..];
        }
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var b in bytes)
            state = BitOperations.Crc32C(state, b);
        return ~state;
    }

    /// <summary>The checksum of some bytes followed by <paramref name="nextLength"/> others, from the checksums of both.</summary>
    public static uint Combine(uint checksum, uint next, long nextLength) => Multiply(ShiftOf(nextLength), checksum) ^ next;

    /// <summary>As S3 writes it: four bytes, the highest first, in Base64.</summary>
    public static string ToBase64(uint checksum)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, checksum);
        return Convert.ToBase64String(bytes);
    }

    /// <summary>What <see cref="ToBase64"/> wrote; null for any other text, such as the checksum of checksums of an upload in parts.</summary>
    public static uint? FromBase64(string? text)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        return text is { Length: 8 } && Convert.TryFromBase64String(text, bytes, out var length) && length == sizeof(uint) ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : null;
    }

    private static uint AppendLanes(uint state, ReadOnlySpan<byte> bytes)
    {
        var first = bytes[..Lane];
        var second = bytes[Lane..(2 * Lane)];
        var third = bytes[(2 * Lane)..(3 * Lane)];
        uint a = state, b = 0, c = 0;
        for (var i = 0; i < Lane; i += sizeof(ulong))
        {
            a = BitOperations.Crc32C(a, BinaryPrimitives.ReadUInt64LittleEndian(first[i..]));
            b = BitOperations.Crc32C(b, BinaryPrimitives.ReadUInt64LittleEndian(second[i..]));
            c = BitOperations.Crc32C(c, BinaryPrimitives.ReadUInt64LittleEndian(third[i..]));
        }
        return ShiftLane(ShiftLane(a) ^ b) ^ c;
    }

    private static uint ShiftLane(uint state)
    {
        var tables = LaneShift;
        return tables[state & 0xFF] ^ tables[256 + ((state >> 8) & 0xFF)] ^ tables[512 + ((state >> 16) & 0xFF)] ^ tables[768 + (state >> 24)];
    }

    private static uint[] MakeTables(uint shift)
    {
        var tables = new uint[4 * 256];
        for (var i = 0; i < tables.Length; i++)
            tables[i] = Multiply(shift, (uint)(i & 0xFF) << (i / 256 * 8));
        return tables;
    }

    /// <summary>x to the power of 8 × <paramref name="length"/>, modulo the polynomial: what a checksum is multiplied with when so many bytes follow.</summary>
    private static uint ShiftOf(long length)
    {
        var power = 1u << 23;
        var product = 1u << 31;
        for (var left = length; left > 0; left >>= 1)
        {
            if ((left & 1) != 0)
                product = Multiply(power, product);
            power = Multiply(power, power);
        }
        return product;
    }

    /// <summary>The product of two polynomials modulo the polynomial; bit 31 is x to the power of 0.</summary>
    private static uint Multiply(uint a, uint b)
    {
        var product = 0u;
        for (var bit = 1u << 31; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
                product ^= b;
            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }
        return product;
    }
}
