using System.Diagnostics.CodeAnalysis;

namespace Cairn.FileSystems;

/// <summary>
/// Where a file or a directory lies: a scheme, an authority (bucket, container, memory name) and a path.
/// Follows Flink's <c>Path</c>: nothing is percent-decoded or encoded, repeated and trailing slashes are dropped, <c>\</c> is <c>/</c>,
/// and <c>.</c> and <c>..</c> segments are resolved. Immutable and thread safe.
/// </summary>
/// <remarks>
/// Scheme and authority compare without case, the path with case.
/// A path that a listing found and that normalisation would change (<c>a//b</c>, <c>a/./b</c>, <c>a/</c>) keeps its text and has
/// <see cref="IsAddressable"/> false: it can be printed and deleted, every other verb refuses it, so that it never addresses another object.
/// </remarks>
public sealed class StoragePath : IEquatable<StoragePath>
{
    /// <summary>Made when it is first asked for; every request needs it, most of them several times.</summary>
    private string? _key;

    private StoragePath(string? scheme, string? authority, string path, bool isAddressable = true)
    {
        Scheme = scheme;
        Authority = authority;
        Path = path;
        IsAddressable = isAddressable;
    }

    /// <summary>The scheme as written (<c>s3</c>, <c>file</c>), or null for a path without one.</summary>
    public string? Scheme { get; }

    /// <summary>The authority as written (<c>bucket</c>, <c>container@account.host</c>), or null when there is none.</summary>
    public string? Authority { get; }

    /// <summary>The path, <c>/</c>-separated: absolute when it begins with <c>/</c>; empty for a bare <c>scheme://authority</c> or the current directory.</summary>
    public string Path { get; }

    /// <summary>False only for what a listing found under a name that normalisation would change; such a path can be printed and deleted.</summary>
    public bool IsAddressable { get; }

    /// <summary>Whether the path begins with <c>/</c>.</summary>
    public bool IsAbsolute => Path.StartsWith('/');

    /// <summary>The last segment; empty at a root.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The number of segments: 0 at the root <c>/</c>.</summary>
    public int Depth => Path == "/" ? 0 : Path.AsSpan(IsAbsolute ? 1 : 0).Count('/') + 1;

    /// <summary>The directory that holds this path, or null at a root. A relative single name has the empty path as parent.</summary>
    public StoragePath? Parent
    {
        get
        {
            if (Path is "" or "/")
                return null;
            var slash = Path.LastIndexOf('/');
            return new StoragePath(Scheme, Authority, slash > 0 ? Path[..slash] : Path[..(slash + 1)]);
        }
    }

    /// <summary>
    /// The key of this path below its authority's root: the path without its leading slash. This is the object's key on an object store,
    /// byte for byte, also for a path that is not addressable.
    /// </summary>
    public string Key => _key ??= IsAbsolute ? Path[1..] : Path;

    /// <summary>Parses <paramref name="text"/> by hand (not as a <see cref="Uri"/>: keys are not percent-encoded) and normalises it. White space around it is dropped.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="text"/> is null.</exception>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.InvalidPath"/>: empty, malformed, or with user info or a signature in it.</exception>
    public static StoragePath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var (scheme, authority, path) = StoragePathSyntax.Split(text.AsSpan().Trim(StoragePathSyntax.JavaWhiteSpace));
        return new StoragePath(scheme, authority, path);
    }

    /// <summary>As <see cref="Parse"/>, answering false instead of throwing.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out StoragePath? path)
    {
        try
        {
            path = text is null ? null : Parse(text);
        }
        catch (FileSystemException)
        {
            path = null;
        }
        return path is not null;
    }

    /// <summary>Makes a path from its parts; behind a scheme or an authority the path begins with a slash. For a raw key there is <see cref="FromKey"/>.</summary>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.InvalidPath"/>: a part is malformed or the path is empty.</exception>
    public static StoragePath Create(string? scheme, string? authority, string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
            throw FileSystemException.InvalidPath("", "it is empty");
        var (s, a, p) = StoragePathSyntax.Check(scheme, authority, path);
        return new StoragePath(s, a, p);
    }

    /// <summary>The path of a file on this machine, made absolute against the current directory: <c>file:/…</c>.</summary>
    public static StoragePath FromLocal(string localPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(localPath);
        var full = System.IO.Path.GetFullPath(localPath).Replace('\\', '/');
        return Create("file", null, full.StartsWith('/') ? full : "/" + full);
    }

    /// <summary>What a person means by <paramref name="text"/>: a URI where it has a scheme, else a file of this machine (also <c>C:\dir</c>).</summary>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.InvalidPath"/>: empty, malformed, or with user info or a signature in it.</exception>
    public static StoragePath ParseUriOrLocal(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > 1 && text[1] == ':' && char.IsAsciiLetter(text[0]))
            return FromLocal(text);
        var path = Parse(text);
        return path.Scheme is not null ? path : FromLocal(path.ToString());
    }

    /// <summary>
    /// For providers: the path of a raw key that a listing of <paramref name="root"/>'s authority returned.
    /// The key is kept as it is; when it is not its own normal form, <see cref="IsAddressable"/> is false.
    /// </summary>
    /// <param name="root">Any path of the authority.</param>
    /// <param name="key">The raw key, without leading slash unless the key itself begins with one.</param>
    public static StoragePath FromKey(StoragePath root, string key)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(key);
        return new StoragePath(root.Scheme, root.Authority, "/" + key, StoragePathSyntax.IsNormalKey(key));
    }

    /// <summary>
    /// For providers: the directory of a prefix that a listing of <paramref name="root"/>'s authority rolled up. A prefix that no path addresses
    /// (<c>a//</c>) keeps its last slash, so that it is never taken for an object beside it (<c>a/</c>).
    /// </summary>
    /// <param name="root">Any path of the authority.</param>
    /// <param name="prefix">The raw prefix, with the slash at its end.</param>
    public static StoragePath FromPrefix(StoragePath root, string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        var directory = FromKey(root, prefix[..^1]);
        return directory.IsAddressable ? directory : FromKey(root, prefix);
    }

    /// <summary>This path with <paramref name="child"/> below it; <c>.</c> and <c>..</c> in it are resolved, leading slashes dropped.</summary>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.InvalidPath"/>: the child is empty, carries a scheme or a signature, or ends in white space.</exception>
    public StoragePath Combine(string child)
    {
        ArgumentNullException.ThrowIfNull(child);
        return new StoragePath(Scheme, Authority, StoragePathSyntax.Join(this, child));
    }

    /// <summary>The sibling whose name is this one's with <paramref name="suffix"/> at its end.</summary>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.InvalidPath"/>: a root has no name to extend.</exception>
    public StoragePath WithSuffix(string suffix)
    {
        ArgumentNullException.ThrowIfNull(suffix);
        if (Name.Length == 0)
            throw FileSystemException.InvalidPath(this, "a root has no name that a suffix could extend");
        return Parent!.Combine(Name + suffix);
    }

    /// <summary>The same path with <paramref name="scheme"/> and <paramref name="authority"/> where this one has none.</summary>
    public StoragePath Qualify(string scheme, string? authority) =>
        Scheme is not null ? this : Create(scheme, Authority ?? authority, Path.Length == 0 ? "/" : Path);

    /// <summary>Whether this path is <paramref name="directory"/> itself or lies below it. <c>/a/chk-10</c> is not below <c>/a/chk-1</c>.</summary>
    public bool IsWithin(StoragePath directory)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return HasSameRoot(directory)
            && Path.StartsWith(directory.Path, StringComparison.Ordinal)
            && (Path.Length == directory.Path.Length || directory.Path.EndsWith('/') || directory.Path.Length == 0 || Path[directory.Path.Length] == '/');
    }

    /// <summary>Whether both paths have the same scheme and authority.</summary>
    public bool HasSameRoot(StoragePath other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return string.Equals(Scheme, other.Scheme, StringComparison.OrdinalIgnoreCase)
            && string.Equals(Authority, other.Authority, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>As Flink prints it: <c>file:/a</c>, <c>s3://bucket/a</c>, <c>/a</c>. <see cref="Parse"/> reads it back to an equal path.</summary>
    public override string ToString() =>
        (Scheme is null ? "" : Scheme + ":") + (Authority is null ? "" : "//" + Authority) + Path;

    /// <inheritdoc/>
    public bool Equals(StoragePath? other) =>
        other is not null && HasSameRoot(other) && string.Equals(Path, other.Path, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StoragePath);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(
        Scheme is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(Scheme),
        Authority is null ? 0 : StringComparer.OrdinalIgnoreCase.GetHashCode(Authority),
        Path.GetHashCode(StringComparison.Ordinal));

    /// <summary>Same place.</summary>
    public static bool operator ==(StoragePath? left, StoragePath? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Another place.</summary>
    public static bool operator !=(StoragePath? left, StoragePath? right) => !(left == right);

    /// <summary><see cref="Combine"/>.</summary>
    public static StoragePath operator /(StoragePath directory, string child)
    {
        ArgumentNullException.ThrowIfNull(directory);
        return directory.Combine(child);
    }
}
