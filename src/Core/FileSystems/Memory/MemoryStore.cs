using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Cairn.FileSystems.Memory;

/// <summary>
/// What an object store keeps, in the memory of this process: keys with immutable versions of content, conditional writes, listings by prefix.
/// Any key is taken, also one that no <see cref="StoragePath"/> addresses. Thread safe.
/// </summary>
public sealed class MemoryStore
{
    private static readonly ConcurrentDictionary<string, MemoryStore> Shared = new(StringComparer.OrdinalIgnoreCase);
    private static long _versions;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, MemoryObject> _objects = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>How many objects there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _objects.Count;
        }
    }

    /// <summary>The store of a name, the same one in the whole process, made empty on first use and kept until the process ends. Names compare without case.</summary>
    /// <param name="name">The authority of <c>memory://name/…</c>; empty for <c>memory:/…</c>.</param>
    public static MemoryStore Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Shared.GetOrAdd(name, _ => new MemoryStore());
    }

    /// <summary>Stores an object under a raw key, whatever the key looks like, replacing what is there.</summary>
    /// <param name="key">The key; not empty.</param>
    /// <param name="bytes">Its content; copied.</param>
    /// <param name="lastModified">What it will say about when it was changed.</param>
    public void Put(string key, ReadOnlySpan<byte> bytes, DateTimeOffset lastModified)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var content = new MemoryContent();
        content.Append(bytes);
        content.Trim();
        TryPublish(key, content, WriteMode.Overwrite, lastModified, out _);
    }

    /// <summary>Forgets every object; open readers go on with what they opened.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _objects.Clear();
            _keys.Clear();
        }
    }

    internal MemoryObject? Find(string key)
    {
        lock (_gate)
            return _objects.GetValueOrDefault(key);
    }

    /// <summary>The one atomic step of a commit: false when <paramref name="mode"/> does not allow it, and then nothing changed.</summary>
    internal bool TryPublish(string key, MemoryContent content, WriteMode mode, DateTimeOffset now, [NotNullWhen(true)] out MemoryObject? published)
    {
        published = null;
        lock (_gate)
        {
            var present = _objects.GetValueOrDefault(key);
            if (mode == WriteMode.Create ? present is not null : mode.ExpectedETag is { } expected && present?.ETag != expected)
                return false;
            published = new MemoryObject(content, $"v{Interlocked.Increment(ref _versions)}", now);
            _objects[key] = published;
            _keys.Add(key);
            return true;
        }
    }

    internal void Delete(string key)
    {
        lock (_gate)
        {
            _objects.Remove(key);
            _keys.Remove(key);
        }
    }

    internal bool HasPrefix(string prefix)
    {
        lock (_gate)
            return KeysFrom(prefix).Any(key => key.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>
    /// Up to <paramref name="size"/> entries below <paramref name="prefix"/> at <paramref name="from"/> or behind it, in order; what lies below a
    /// further <c>/</c> is rolled up into one entry without object unless <paramref name="recursive"/>.
    /// </summary>
    internal MemoryPage ListPage(string prefix, string from, bool recursive, int size)
    {
        var entries = new List<(string Key, MemoryObject? Object)>(Math.Min(size, 64));
        lock (_gate)
        {
            string? next = from;
            while (next is not null && entries.Count < size)
                next = Fill(entries, prefix, next, recursive, size);
            return new MemoryPage(entries, next);
        }
    }

    /// <summary>Adds entries until the page is full or a rolled-up prefix has to be jumped over; returns where to go on, null at the end.</summary>
    private string? Fill(List<(string Key, MemoryObject? Object)> entries, string prefix, string from, bool recursive, int size)
    {
        foreach (var key in KeysFrom(from))
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal))
                return null;
            if (entries.Count == size)
                return key;
            var slash = recursive ? -1 : key.IndexOf('/', prefix.Length);
            if (slash >= 0)
            {
                entries.Add((key[..(slash + 1)], null));
                return string.Concat(key.AsSpan(0, slash), "0"); // '0' follows '/': the first key behind everything below this prefix
            }
            entries.Add((key, _objects[key]));
        }
        return null;
    }

    private SortedSet<string> KeysFrom(string from) =>
        _keys.Max is { } last && string.CompareOrdinal(from, last) <= 0 ? _keys.GetViewBetween(from, last) : [];
}

/// <summary>One version of one object. Immutable.</summary>
internal sealed record MemoryObject(MemoryContent Content, string ETag, DateTimeOffset LastModified);

/// <summary>One page of a listing; an entry without object is a prefix that ends in <c>/</c>.</summary>
internal sealed record MemoryPage(List<(string Key, MemoryObject? Object)> Entries, string? Next);
