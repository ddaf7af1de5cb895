namespace Cairn.FileSystems;

/// <summary>What kind of thing a <see cref="FileEntry"/> is.</summary>
public enum EntryKind
{
    /// <summary>A file or an object.</summary>
    File,

    /// <summary>A directory, or on an object store a prefix under which something lies.</summary>
    Directory,
}

/// <summary>One file or directory as a store describes it. Immutable.</summary>
public sealed record FileEntry
{
    /// <summary>Where it lies, with scheme and authority. From a listing it may be not addressable.</summary>
    public required StoragePath Path { get; init; }

    /// <summary>File or directory.</summary>
    public EntryKind Kind { get; init; }

    /// <summary>Bytes; 0 for a directory.</summary>
    public long Length { get; init; }

    /// <summary>When the store last changed it, by the store's clock; null for a prefix and where the store does not say.</summary>
    public DateTimeOffset? LastModified { get; init; }

    /// <summary>
    /// The version of the content, opaque, as <see cref="WriteMode.Replace"/> and <see cref="ReadOptions.IfMatch"/> take it: versions of different bytes never
    /// share it. Versions of equal bytes may (on S3 it is a hash), so what is replaced by compare-and-swap should carry a counter or an id of its own.
    /// Null for directories.
    /// </summary>
    public string? ETag { get; init; }
}
