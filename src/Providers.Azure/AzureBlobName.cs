using System.Buffers;

namespace Cairn.Providers.Azure;

/// <summary>What Azure, or the way there, does not keep as it is in a blob's name. Checked before a request, because a name that is silently changed is another blob.</summary>
internal static class AzureBlobName
{
    public const int MaxSegments = 254;
    public const int MaxCharacters = 1024;

    /// <summary>A control character, and what XML has no place for, breaks every listing that would name it.</summary>
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7F, 0x21)).Append('\\').Append(0xFFFE).Append(0xFFFF).Select(c => (char)c)]);

    /// <summary>Why <paramref name="key"/>, which does not end in a slash, cannot be a blob's name, or null.</summary>
    public static string? Fault(string key)
    {
        if (key.Length > MaxCharacters)
            return $"its key has {key.Length} characters; Azure takes {MaxCharacters}";
        if (key.AsSpan().ContainsAny(NotInNames))
            return "Azure does not keep control characters and backslashes in names";
        if (key.AsSpan().Count('/') + 1 > MaxSegments)
            return $"it has more than {MaxSegments} segments";
        foreach (var segment in key.AsSpan().Split('/'))
        {
            if (key.AsSpan(segment) is "." or "..")
                return "'.' and '..' are resolved on the way to Azure";
        }
        return null;
    }
}
