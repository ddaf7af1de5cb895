namespace Cairn.FileSystems;

/// <summary>
/// The objects of a recursive listing that stand for directories, collected for deletion. One is due when the listing, which goes in the order of the keys,
/// has left its directory: then everything below it was listed before. Those due are deleted level by level, the deepest first, because a store may refuse
/// to delete a directory that is not empty.
/// </summary>
internal sealed class DirectoryObjects(int capacity)
{
    private readonly Stack<StoragePath> _entered = new();
    private readonly List<StoragePath> _due = [];

    /// <summary>Whether as many are due as are kept in memory.</summary>
    public bool IsFull => _due.Count >= capacity;

    /// <summary>Whether there was one at all.</summary>
    public bool HasAny { get; private set; }

    /// <summary>Goes on to the next entry of the listing.</summary>
    public void Pass(FileEntry entry)
    {
        // Names like "a-b" come between "a" and "a/c", so it is the text that tells whether "a" is left, not its segments.
        while (_entered.TryPeek(out var last) && !entry.Path.Path.StartsWith(last.Path, StringComparison.Ordinal))
            _due.Add(_entered.Pop());
        if (entry.Kind != EntryKind.Directory)
            return;
        HasAny = true;
        _entered.Push(entry.Path);
    }

    /// <summary>The listing is at its end.</summary>
    public void End()
    {
        while (_entered.TryPop(out var last))
            _due.Add(last);
    }

    /// <summary>What is due, level by level, the deepest first; it is not due any more then.</summary>
    public IReadOnlyList<StoragePath[]> Take()
    {
        var levels = _due.GroupBy(path => path.Depth).OrderByDescending(level => level.Key).Select(level => level.ToArray()).ToArray();
        _due.Clear();
        return levels;
    }
}
