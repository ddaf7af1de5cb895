using Cairn.FileSystems;
using Microsoft.Extensions.Configuration;

namespace Cairn.Hosting;

/// <summary>
/// Reads a section of the configuration key by key, and then says everything that is wrong with it at once: values that are none, and keys that nobody
/// asked for, which somebody mistyped. For providers. Not thread safe.
/// </summary>
/// <remarks>Reading never throws; <see cref="Finish"/> does. Values of keys that hold secrets are never repeated.</remarks>
public sealed class SettingsReader
{
    private readonly IConfigurationSection _section;
    private readonly SettingsReader? _fallback;
    private readonly List<string> _problems;
    private List<string> _known = [];
    private readonly Dictionary<string, SettingsReader> _children = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads <paramref name="section"/>.</summary>
    public SettingsReader(IConfigurationSection section)
        : this(section ?? throw new ArgumentNullException(nameof(section)), null, [])
    {
    }

    private SettingsReader(IConfigurationSection section, SettingsReader? fallback, List<string> problems)
    {
        _section = section;
        _fallback = fallback;
        _problems = problems;
    }

    /// <summary>Where this is in the configuration: <c>Cairn:FileSystems:s3</c>.</summary>
    public string Path => _section.Path;

    /// <summary>Whether the key has a value here; what this falls back to is not looked at.</summary>
    public bool Has(string key) => Own(key) is not null;

    /// <summary>A text; null when there is none.</summary>
    public string? Text(string key) => Find(key).Value;

    /// <summary>A whole number from <paramref name="least"/>.</summary>
    public int? Number(string key, int least) =>
        Parse(key, text => SettingParsers.Number(text) is { } number && number >= least ? number : (int?)null, $"a whole number from {least}");

    /// <summary>A number of bytes from <paramref name="least"/> to <paramref name="most"/>, like <c>8 MiB</c>.</summary>
    public long? Bytes(string key, long least, long most) => Parse(
        key,
        text => SettingParsers.Bytes(text) is { } bytes && bytes >= least && bytes <= most ? bytes : (long?)null,
        $"a number of bytes from {least} to {most}, like {least} or 64 MiB");

    /// <summary>A time above zero, like <c>30s</c> or <c>00:00:30</c>.</summary>
    public TimeSpan? Time(string key) => Parse(key, text => SettingParsers.Time(text) is { } time && time > TimeSpan.Zero ? time : (TimeSpan?)null, "a time like 30s, 500 ms or 00:00:30");

    /// <summary>True or false.</summary>
    public bool? Flag(string key) => Parse(key, text => bool.TryParse(text, out var flag) ? flag : (bool?)null, "true or false");

    /// <summary>An address with its scheme, <c>http</c> or <c>https</c>.</summary>
    public Uri? Address(string key)
    {
        var (text, path) = Find(key);
        if (text is null || (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" && address.UserInfo.Length == 0))
            return text is null ? null : new Uri(text);
        // An address may hold a password or a signature.
        Tell($"{path} must be an address like http://localhost:9000, without user or password.");
        return null;
    }

    /// <summary>One of the names of <typeparamref name="T"/>, in any case.</summary>
    public T? Choice<T>(string key)
        where T : struct, Enum =>
        Parse(key, text => Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsDigit(text[0]) ? value : (T?)null, string.Join(" or ", Enum.GetNames<T>()));

    /// <summary>A section below this one; its problems are told with this one's.</summary>
    public SettingsReader Section(string key)
    {
        Ask(key);
        if (!_children.TryGetValue(key, out var child))
            _children[key] = child = new(_section.GetSection(key), _fallback?.Section(key), _problems);
        return child;
    }

    /// <summary>The sections below <paramref name="key"/>, by name: each is a reader that falls back to this one, key by key.</summary>
    public IReadOnlyDictionary<string, SettingsReader> Overrides(string key)
    {
        Ask(key);
        var overrides = _section.GetSection(key).GetChildren().ToDictionary(child => child.Key, child => new SettingsReader(child, this, _problems), StringComparer.Ordinal);
        foreach (var (name, reader) in overrides)
            _children[$"{key}:{name}"] = reader;
        return overrides;
    }

    /// <summary>The same section without what it falls back to.</summary>
    public SettingsReader Alone() => _fallback is null ? this : new(_section, null, _problems) { _known = _known };

    /// <summary>A key that somebody else reads.</summary>
    public void Skip(string key) => Ask(key);

    /// <summary>Tells a problem that only the reader of the values can see.</summary>
    public void Add(string problem) => Tell($"{Path}: {problem}");

    /// <summary>Looks for keys that nobody asked for, here and below; then throws what is wrong, if anything is. Called once, on the outermost section.</summary>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.NotSupported"/>: every problem, each with its key and what is allowed.</exception>
    public void Finish()
    {
        TellMistyped();
        if (_problems.Count > 0)
            throw new FileSystemException(FileSystemErrorCode.NotSupported, string.Join(" ", _problems));
    }

    private void TellMistyped()
    {
        foreach (var child in _section.GetChildren().Where(child => !_known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)))
            Tell($"{child.Path} is no setting; {Suggest(child.Key)}");
        foreach (var child in _children.Values)
            child.TellMistyped();
    }

    private string Suggest(string mistyped)
    {
        var nearest = _known.MinBy(known => Spelling.Distance(known, mistyped));
        return nearest is not null && Spelling.Distance(nearest, mistyped) <= 1 + (nearest.Length / 3)
            ? $"is it {nearest}?"
            : $"there are {(_known.Count == 0 ? "none" : string.Join(", ", _known.Order(StringComparer.Ordinal)))}.";
    }

    private T? Parse<T>(string key, Func<string, T?> parse, string allowed)
        where T : struct
    {
        var (text, path) = Find(key);
        if (text is null || parse(text) is not { } value)
        {
            if (text is not null)
                Tell($"{path} is '{text}'; it must be {allowed}.");
            return null;
        }
        return value;
    }

    private (string? Value, string Path) Find(string key)
    {
        Ask(key);
        return Own(key) is { } own ? (own, $"{Path}:{key}") : _fallback?.Find(key) ?? (null, "");
    }

    /// <summary>Once, although several sections may fall back to the same value.</summary>
    private void Tell(string problem)
    {
        if (!_problems.Contains(problem))
            _problems.Add(problem);
    }

    private string? Own(string key) => _section[key] is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    private void Ask(string key)
    {
        if (!_known.Contains(key, StringComparer.OrdinalIgnoreCase))
            _known.Add(key);
    }
}
