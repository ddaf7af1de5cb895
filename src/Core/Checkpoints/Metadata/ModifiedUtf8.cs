using System.Buffers;
using System.Text;

namespace Cairn.Checkpoints.Metadata;

/// <summary>
/// Java's modified UTF-8: each UTF-16 code unit on its own in one to three bytes, NUL in two. Only the shortest form of a code unit is
/// accepted, so that decoding and encoding are inverse; Java writes no other.
/// </summary>
internal static class ModifiedUtf8
{
    /// <summary>The longest encoded text, in bytes.</summary>
    public const int MaxLength = ushort.MaxValue;

    /// <summary>Decodes; null and the index of the offending byte when the bytes are not valid.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, out int errorIndex)
    {
        errorIndex = -1;
        if (Ascii.IsValid(bytes) && !bytes.Contains((byte)0))
            return Encoding.Latin1.GetString(bytes);

        char[] buffer = ArrayPool<char>.Shared.Rent(bytes.Length);
        try
        {
            int length = DecodeUnits(bytes, buffer, out errorIndex);
            return errorIndex < 0 ? new string(buffer, 0, length) : null;
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    /// <summary>The number of bytes that a text takes.</summary>
    public static int GetByteCount(ReadOnlySpan<char> text)
    {
        int count = 0;
        foreach (char unit in text)
            count += SizeOf(unit);
        return count;
    }

    /// <summary>Encodes into a destination that is known to be long enough.</summary>
    public static void Encode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        int position = 0;
        foreach (char unit in text)
        {
            int size = SizeOf(unit);
            if (size == 1)
            {
                destination[position] = (byte)unit;
            }
            else if (size == 2)
            {
                destination[position] = (byte)(0xC0 | (unit >> 6));
                destination[position + 1] = (byte)(0x80 | (unit & 0x3F));
            }
            else
            {
                destination[position] = (byte)(0xE0 | (unit >> 12));
                destination[position + 1] = (byte)(0x80 | ((unit >> 6) & 0x3F));
                destination[position + 2] = (byte)(0x80 | (unit & 0x3F));
            }

            position += size;
        }
    }

    private static int SizeOf(int unit) => unit switch
    {
        >= 0x0001 and <= 0x007F => 1,
        <= 0x07FF => 2,
        _ => 3,
    };

    private static int DecodeUnits(ReadOnlySpan<byte> bytes, Span<char> units, out int errorIndex)
    {
        int count = 0;
        for (int position = 0; position < bytes.Length;)
        {
            int size = DecodeUnit(bytes[position..], out int unit);
            if (size == 0 || size != SizeOf(unit))
            {
                errorIndex = position;
                return 0;
            }

            units[count++] = (char)unit;
            position += size;
        }

        errorIndex = -1;
        return count;
    }

    /// <summary>Decodes one code unit; the number of its bytes, 0 when they are not valid.</summary>
    private static int DecodeUnit(ReadOnlySpan<byte> bytes, out int unit)
    {
        int first = bytes[0];
        unit = first;
        if (first < 0x80)
            return 1;
        if ((first & 0xE0) == 0xC0 && bytes.Length >= 2 && IsContinuation(bytes[1]))
        {
            unit = ((first & 0x1F) << 6) | (bytes[1] & 0x3F);
            return 2;
        }

        if ((first & 0xF0) == 0xE0 && bytes.Length >= 3 && IsContinuation(bytes[1]) && IsContinuation(bytes[2]))
        {
            unit = ((first & 0x0F) << 12) | ((bytes[1] & 0x3F) << 6) | (bytes[2] & 0x3F);
            return 3;
        }

        return 0;
    }

    private static bool IsContinuation(byte value) => (value & 0xC0) == 0x80;
}
