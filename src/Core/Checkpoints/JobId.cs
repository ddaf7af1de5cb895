using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Cairn.Checkpoints;

/// <summary>
/// The identity of a job, the same in every run of it: 16 bytes, printed as 32 lower-case hexadecimal digits. Follows Flink's <c>JobID</c>.
/// </summary>
/// <remarks>Immutable; equal when all 16 bytes are equal. A job's directory is named by the text.</remarks>
public readonly record struct JobId : ISpanFormattable, ISpanParsable<JobId>
{
    private readonly UInt128 _value;

    private JobId(UInt128 value) => _value = value;

    /// <summary>Makes an id of 16 bytes.</summary>
    /// <param name="bytes">Exactly 16 bytes, in the order in which they are printed.</param>
    /// <exception cref="ArgumentException">There are not exactly 16 bytes.</exception>
    public JobId(ReadOnlySpan<byte> bytes) => _value = HexId.FromBytes(bytes);

    /// <summary>The id of a job that is known by its name: the first 16 bytes of the SHA-256 hash of the name's UTF-8 bytes.</summary>
    /// <param name="name">The job's name, compared by its exact characters.</param>
    /// <remarks>Stable for ever: an id made from a name finds the checkpoints of every earlier run under that name.</remarks>
    public static JobId FromName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        return new JobId(hash[..HexId.Size]);
    }

    /// <summary>Writes the 16 bytes of the id.</summary>
    /// <param name="destination">At least 16 bytes long.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public void CopyTo(Span<byte> destination) => HexId.CopyTo(_value, destination);

    /// <summary>Reads an id from 32 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">The text is not 32 hexadecimal digits.</exception>
    public static JobId Parse(ReadOnlySpan<char> s) => new(HexId.Parse(s));

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static JobId Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static JobId Parse(string s, IFormatProvider? provider)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s);
    }

    /// <summary>Reads an id from 32 hexadecimal digits of either case; false when the text is anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> s, out JobId result)
    {
        bool parsed = HexId.TryParse(s, out var value);
        result = new JobId(value);
        return parsed;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out JobId)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out JobId result) => TryParse(s, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out JobId)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out JobId result) => TryParse(s, out result);

    /// <summary>The id as 32 lower-case hexadecimal digits.</summary>
    public override string ToString() => HexId.ToString(_value);

    /// <summary>The id as 32 lower-case hexadecimal digits, whatever the format.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider) =>
        HexId.TryFormat(_value, destination, out charsWritten);
}
