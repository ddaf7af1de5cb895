using System.Buffers.Binary;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>Damages files the way disks, networks and adversaries do; the same random numbers do the same damage.</summary>
internal static class Mutation
{
    private static readonly int[] TellingNumbers = [0, 1, -1, 2, 0x7F, 0xFF, 0x7FFF, 0xFFFF, int.MaxValue, int.MinValue, int.MaxValue / 8, 1 << 24];

    /// <summary>Damages a file in one to four places.</summary>
    public static byte[] Damage(ReadOnlySpan<byte> file, ReadOnlySpan<byte> other, Random random)
    {
        byte[] result = file.ToArray();
        for (int i = random.Next(1, 5); i > 0 && result.Length > 0; i--)
            result = DamageOnce(result, other, random);
        return result;
    }

    private static byte[] DamageOnce(byte[] file, ReadOnlySpan<byte> other, Random random)
    {
        int at = random.Next(file.Length);
        int end = Math.Min(file.Length, at + random.Next(1, 40));
        switch (random.Next(8))
        {
            case 0:
                file[at] ^= (byte)(1 << random.Next(8));
                return file;
            case 1:
                file[at] = (byte)random.Next(random.Next(2) == 0 ? 20 : 256);
                return file;
            case 2:
                return file[..at];
            case 3:
                return [.. file[..at], .. file[end..]];
            case 4:
                return [.. file[..end], .. file[at..]];
            case 5:
                int from = random.Next(other.Length);
                return [.. file[..at], .. other[from..], .. file[end..]];
            case 6 when file.Length - at >= sizeof(int):
                BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(at), TellingNumbers[random.Next(TellingNumbers.Length)]);
                return file;
            default:
                byte[] added = new byte[random.Next(1, 9)];
                random.NextBytes(added);
                return [.. file[..at], .. added, .. file[at..]];
        }
    }
}
