using Azure.Storage.Blobs.Models;

namespace Cairn.Providers.Azure;

/// <summary>
/// The blobs that stand for directories in a listing by hierarchy: each is told once, together with the prefix of the same name that may come later.
/// Hierarchical accounts have one for each directory, and Hadoop makes them on every account.
/// </summary>
internal sealed class DirectoryStubs
{
    private const string Key = "hdi_isfolder";

    /// <summary>Names without a prefix so far. A listing goes in order, so each begins with the one before it: there are few.</summary>
    private readonly List<string> _waiting = [];

    /// <summary>Whether a blob with this metadata stands for a directory.</summary>
    public static bool IsStub(IDictionary<string, string>? metadata) =>
        metadata is { Count: > 0 } && metadata.Any(pair => string.Equals(pair.Key, Key, StringComparison.OrdinalIgnoreCase) && string.Equals(pair.Value, "true", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a listed blob stands for a directory. One whose name ends in a slash is left as what it is: no directory has its key.</summary>
    public static bool IsStub(BlobItem blob) => IsStub(blob.Metadata) && !blob.Name.EndsWith('/');

    /// <summary>Takes a page in; returns the names of the stubs that no prefix will follow.</summary>
    /// <param name="items">The page.</param>
    /// <param name="isLast">Whether there is none behind it.</param>
    public IReadOnlyList<string> Pass(IReadOnlyList<BlobHierarchyItem> items, bool isLast)
    {
        _waiting.AddRange(items.Where(item => item.IsBlob && IsStub(item.Blob)).Select(item => item.Blob.Name));
        if (_waiting.Count == 0)
            return [];
        var prefixes = items.Where(item => item.IsPrefix).Select(item => item.Prefix.TrimEnd('/')).ToHashSet(StringComparer.Ordinal);
        _waiting.RemoveAll(prefixes.Contains);
        // Prefixes stand before blobs in a page, so the last name is the greatest of all.
        var last = items.Select(item => item.IsPrefix ? item.Prefix : item.Blob.Name).Max(StringComparer.Ordinal)!;
        var alone = _waiting.Where(name => isLast || !last.StartsWith(name, StringComparison.Ordinal)).ToArray();
        _waiting.RemoveAll(alone.Contains);
        return alone;
    }
}
