using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Cairn.Checkpoints;

/// <summary>
/// The identity of an operator across restarts: 16 bytes, printed as 32 lower-case hexadecimal digits. Follows Flink's <c>OperatorID</c>.
/// </summary>
/// <remarks>Immutable; equal when all 16 bytes are equal. The text shows the bytes in the order in which a <c>_metadata</c> file has them.</remarks>
public readonly record struct OperatorId : ISpanFormattable, ISpanParsable<OperatorId>
{
    private static readonly Encoding JavaUtf8 =
        Encoding.GetEncoding("utf-8", new EncoderReplacementFallback("?"), DecoderFallback.ExceptionFallback);

    private readonly UInt128 _value;

    private OperatorId(UInt128 value) => _value = value;

    /// <summary>Makes an id of 16 bytes.</summary>
    /// <param name="bytes">Exactly 16 bytes, in the order in which they are printed.</param>
    /// <exception cref="ArgumentException">There are not exactly 16 bytes.</exception>
    public OperatorId(ReadOnlySpan<byte> bytes) => _value = HexId.FromBytes(bytes);

    /// <summary>The id that Flink derives from the uid a user gave to an operator: the 128-bit Murmur3 hash of its UTF-8 bytes, seed 0.</summary>
    /// <param name="name">The operator's uid, compared by its exact characters.</param>
    public static OperatorId FromName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> hash = stackalloc byte[HexId.Size];
        Murmur3.Hash128(JavaUtf8.GetBytes(name), hash);
        return new OperatorId(hash);
    }

    /// <summary>Writes the 16 bytes of the id.</summary>
    /// <param name="destination">At least 16 bytes long.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyTo(Span<byte> destination) => HexId.CopyTo(_value, destination);

    /// <summary>Reads an id from 32 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">The text is not 32 hexadecimal digits.</exception>
    public static OperatorId Parse(ReadOnlySpan<char> s) => new(HexId.Parse(s));

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static OperatorId Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static OperatorId Parse(string s, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s);
    }

    /// <summary>Reads an id from 32 hexadecimal digits of either case; false when the text is anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, out OperatorId result)
    {
        bool parsed = HexId.TryParse(s, out var value);
        result = new OperatorId(value);
        return parsed;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out OperatorId)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out OperatorId result) => TryParse(s, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out OperatorId)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out OperatorId result) => TryParse(s, out result);

    /// <summary>The id as 32 lower-case hexadecimal digits.</summary>
    public override string ToString() => HexId.ToString(_value);

    /// <summary>The id as 32 lower-case hexadecimal digits, whatever the format.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        HexId.TryFormat(_value, destination, out charsWritten);
}
