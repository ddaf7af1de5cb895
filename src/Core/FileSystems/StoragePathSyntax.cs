using System.Buffers;
using System.Text;

namespace Cairn.FileSystems;

/// <summary>The grammar of <see cref="StoragePath"/>: where scheme, authority and path end, and what their normal form is.</summary>
internal static class StoragePathSyntax
{
    /// <summary>What Java's <c>String.trim</c> takes away, as far as it occurs in text: every character up to the blank.</summary>
    public static readonly string JavaWhiteSpace = new([.. Enumerable.Range(0, ' ' + 1).Select(c => (char)c)]);

    /// <summary>Query parameters that carry a signature or a key: such a text is a secret and no path.</summary>
    private static readonly string[] SecretParameters = ["sig=", "x-amz-signature=", "x-amz-credential=", "x-amz-security-token=", "accountkey=", "sharedaccesssignature="];

    public static (string? Scheme, string? Authority, string Path) Split(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            throw FileSystemException.InvalidPath("", "it is empty");
        RefuseSecret(text);

        string? scheme = null;
        if (text.IndexOfAny(":/\\") is var colon and >= 0 && text[colon] == ':')
        {
            scheme = text[..colon].ToString();
            text = text[(colon + 1)..];
        }

        string? authority = null;
        if (text.StartsWith("//") && text.Length > 2)
        {
            var end = text[2..].IndexOf('/');
            authority = (end < 0 ? text[2..] : text.Slice(2, end)).ToString();
            text = end < 0 ? [] : text[(2 + end)..];
        }
        return Check(scheme, authority.NullIfEmpty(), text.ToString());
    }

    public static (string? Scheme, string? Authority, string Path) Check(string? scheme, string? authority, string path)
    {
        RefuseSecret(path);
        if (scheme is not null)
            CheckScheme(scheme, path);
        if (authority is not null)
            CheckAuthority(authority);
        if (path.Length == 0 && authority is null)
            throw FileSystemException.InvalidPath($"{scheme}:", "it names nothing");
        if (path.Contains('\0', StringComparison.Ordinal))
            throw FileSystemException.InvalidPath(path.Replace("\0", "\\0", StringComparison.Ordinal), "it holds a NUL character");
        if (!IsWellFormed(path))
            throw FileSystemException.InvalidPath("(not shown)", "it holds half of a surrogate pair, which has no bytes on any store");
        if (path.Length > 0 && !IsSlash(path[0]) && (scheme is not null || authority is not null))
            throw FileSystemException.InvalidPath(Shown(scheme, path), "after a scheme or an authority the path begins with a slash");
        var normal = Normalise(path);
        if (scheme is null && authority is null && ReadsAsScheme(normal))
            throw FileSystemException.InvalidPath(Shown(null, normal), "the first name of a relative path holds a colon, so that it would be read as a scheme");
        if (normal.Length > 0 && (normal[^1] <= ' ' || (scheme is null && authority is null && normal[0] <= ' ')))
            throw FileSystemException.InvalidPath(Shown(scheme, normal), "it begins or ends in white space, which would be lost when it is read again");
        return (scheme, authority, normal);
    }

    public static string Join(StoragePath parent, string child)
    {
        RefuseSecret(child);
        var below = child.AsSpan().TrimStart("/\\");
        if (below.IsEmpty)
            throw FileSystemException.InvalidPath(parent, "what is put below it is empty");
        var scheme = child.IndexOf("://", StringComparison.Ordinal);
        if (scheme > 0 && child.AsSpan(0, scheme).IndexOfAny('/', '\\') < 0)
            throw FileSystemException.InvalidPath(parent, "what is put below it carries no scheme");
        var joined = parent.Path.Length == 0 && parent.Authority is null ? below.ToString() : string.Concat(parent.Path, "/", below);
        return Check(parent.Scheme, parent.Authority, joined).Path;
    }

    /// <summary>Whether a raw key is its own normal form, so that a path made of it addresses this very object.</summary>
    public static bool IsNormalKey(string key)
    {
        if (key.Length == 0 || key[0] == '/' || key[^1] <= ' ' || key.Contains('\0', StringComparison.Ordinal) || !IsWellFormed(key) || HoldsSecret(key))
            return false;
        var path = "/" + key;
        return string.Equals(Normalise(path), path, StringComparison.Ordinal) && !path.StartsWith("/../", StringComparison.Ordinal) && path != "/..";
    }

    /// <summary>Slashes unified and joined, the trailing one dropped, <c>.</c> and <c>..</c> resolved; a <c>..</c> that leads above the start is kept.</summary>
    public static string Normalise(string path)
    {
        if (IsNormal(path))
            return path;
        var segments = new List<string>();
        foreach (var segment in path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == ".")
                continue;
            if (segment == ".." && segments.Count > 0 && segments[^1] != "..")
                segments.RemoveAt(segments.Count - 1);
            else
                segments.Add(segment);
        }
        return (IsSlash(path[0]) ? "/" : "") + string.Join('/', segments);
    }

    private static bool IsNormal(ReadOnlySpan<char> path)
    {
        if (path.Contains('\\') || path.IndexOf("//") >= 0 || (path.Length > 1 && path[^1] == '/'))
            return false;
        foreach (var segment in path.Split('/'))
        {
            if (path[segment] is "." or "..")
                return false;
        }
        return true;
    }

    private static void CheckScheme(string scheme, string path)
    {
        if (scheme.Length == 1 && char.IsAsciiLetter(scheme[0]))
            throw FileSystemException.InvalidPath(Shown(scheme, path), $"it looks like a Windows drive; write file:///{scheme}:/…");
        if (scheme.Length == 0 || !char.IsAsciiLetter(scheme[0]) || !scheme.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.'))
            throw FileSystemException.InvalidPath(Shown(scheme, path), "a scheme is a letter followed by letters, digits, '+', '-' and '.'");
    }

    /// <summary><c>container@account</c> is how Azure's paths are written; <c>user:password@</c> is a secret.</summary>
    private static void CheckAuthority(string authority)
    {
        var at = authority.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && authority.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 && colon < at)
            throw FileSystemException.InvalidPath("(not shown)", "it carries user info; credentials belong into the configuration, never into a path");
        if (authority.Length == 0 || authority.AsSpan().IndexOfAny("/\\\0") >= 0)
            throw FileSystemException.InvalidPath($"//{authority}", "an authority is not empty and holds no slash");
    }

    /// <summary>Whether a colon comes before the first slash.</summary>
    private static bool ReadsAsScheme(ReadOnlySpan<char> path) => path.IndexOfAny(':', '/') is var first and >= 0 && path[first] == ':';

    private static void RefuseSecret(ReadOnlySpan<char> text)
    {
        if (HoldsSecret(text))
            throw FileSystemException.InvalidPath("(not shown)", "it carries a signature or a key; credentials belong into the configuration, never into a path");
    }

    private static bool HoldsSecret(ReadOnlySpan<char> text)
    {
        for (var next = text.IndexOfAny('?', '&'); next >= 0; next = text.IndexOfAny('?', '&'))
        {
            text = text[(next + 1)..];
            foreach (var parameter in SecretParameters)
            {
                if (text.StartsWith(parameter, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }
        return false;
    }

    /// <summary>For messages: what may be user info (<c>user:password@host</c> without its slashes) is not repeated.</summary>
    private static string Shown(string? scheme, string path) =>
        path.Contains('@', StringComparison.Ordinal) ? "(not shown)" : scheme is null ? path : $"{scheme}:{path}";

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        for (var next = text.IndexOfAnyInRange('\uD800', '\uDFFF'); next >= 0; next = text.IndexOfAnyInRange('\uD800', '\uDFFF'))
        {
            if (Rune.DecodeFromUtf16(text[next..], out _, out var length) != OperationStatus.Done)
                return false;
            text = text[(next + length)..];
        }
        return true;
    }

    private static bool IsSlash(char c) => c is '/' or '\\';

    private static string? NullIfEmpty(this string? text) => string.IsNullOrEmpty(text) ? null : text;
}
