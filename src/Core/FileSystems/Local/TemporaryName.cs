using System.Buffers;

namespace Cairn.FileSystems.Local;

/// <summary>
/// The name of a file that is being written: hidden, with its writer's random id, and independent of the name that it will have (which may be as long as the disk allows).
/// </summary>
internal static class TemporaryName
{
    private const string Suffix = ".cairn-tmp";

    private const int IdLength = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>The temporary name of the writer <paramref name="id"/>.</summary>
    public static string Of(Guid id) => $".{id:N}{Suffix}";

    /// <summary>Whether <paramref name="name"/> is one: exactly, so that no other file is ever hidden or swept; without regard to case, as some disks are.</summary>
    public static bool Matches(ReadOnlySpan<char> name) =>
        name.Length == 1 + IdLength + Suffix.Length
        && name[0] == '.'
        && name.EndsWith(Suffix, StringComparison.OrdinalIgnoreCase)
        && !name.Slice(1, IdLength).ContainsAnyExcept(HexDigits);
}
