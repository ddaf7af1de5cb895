using System.Buffers.Binary;
using System.Globalization;

namespace Cairn.Checkpoints;

/// <summary>What the 16-byte ids share: their bytes are one big-endian number, their text its 32 hexadecimal digits.</summary>
internal static class HexId
{
    public const int Size = 16;
    private const int Digits = 2 * Size;

    public static UInt128 FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Size
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw new ArgumentException($"An id has {Size} bytes, not {bytes.Length}.", nameof(bytes));

    public static void CopyTo(UInt128 value, Span<byte> destination)
    {
        if (!BinaryPrimitives.TryWriteUInt128BigEndian(destination, value))
            throw new ArgumentException($"An id needs {Size} bytes, not {destination.Length}.", nameof(destination));
    }

    public static UInt128 Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var value) ? value : throw new FormatException($"'{text}' is not an id: {Digits} hexadecimal digits are expected.");

    public static bool TryParse(ReadOnlySpan<char> text, out UInt128 value)
    {
        value = default;
        return text.Length == Digits && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    public static string ToString(UInt128 value) => value.ToString("x32", CultureInfo.InvariantCulture);

    public static bool TryFormat(UInt128 value, Span<char> destination, out int written) =>
        value.TryFormat(destination, out written, "x32", CultureInfo.InvariantCulture);
}
