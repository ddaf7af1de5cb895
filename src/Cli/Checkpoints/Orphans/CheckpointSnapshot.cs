using System.Collections.Immutable;
using Cairn.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints.Orphans;

/// <summary>Which checkpoints there were at one time: every <c>_metadata</c> and its version. Equal when nothing was added, removed or replaced.</summary>
internal sealed class CheckpointSnapshot : IEquatable<CheckpointSnapshot>
{
    private readonly ImmutableSortedDictionary<string, (StoragePath Path, string Version)> _files;

    private CheckpointSnapshot(ImmutableSortedDictionary<string, (StoragePath Path, string Version)> files) => _files = files;

    /// <summary>Each <c>_metadata</c> with its version.</summary>
    public IEnumerable<(StoragePath Path, string Version)> Files => _files.Values;

    public int Count => _files.Count;

    /// <summary>Lists everything below the places; files are only looked at by name.</summary>
    /// <exception cref="FileSystemException">A place that is to be a reference has no checkpoint: mistyped, it would protect nothing.</exception>
    public static async Task<CheckpointSnapshot> TakeAsync(FileSystemRegistry fileSystems, StoragePath root, IEnumerable<StoragePath> references, CancellationToken cancellationToken)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, (StoragePath, string)>(StringComparer.Ordinal);
        await AddAsync(files, fileSystems.Get(root), root, cancellationToken);
        foreach (var reference in references)
        {
            if (await AddAsync(files, fileSystems.Get(reference), reference, cancellationToken) == 0)
                throw new FileSystemException(FileSystemErrorCode.NotFound, $"There is no checkpoint at '{reference}' (--references), so it would protect nothing; nothing was deleted.", reference);
        }
        return new CheckpointSnapshot(files.ToImmutable());
    }

    public bool Equals(CheckpointSnapshot? other) => other is not null && _files.Count == other._files.Count && _files.All(f => other._files.TryGetValue(f.Key, out var theirs) && theirs == f.Value);

    public override bool Equals(object? obj) => Equals(obj as CheckpointSnapshot);

    public override int GetHashCode() => _files.Count;

    private static async Task<int> AddAsync(
        ImmutableSortedDictionary<string, (StoragePath, string)>.Builder files, IFileSystem fileSystem, StoragePath place, CancellationToken cancellationToken)
    {
        var count = 0;
        await foreach (var entry in fileSystem.ListAsync(place, new ListOptions { Recursive = true }, cancellationToken))
        {
            if (entry.Path.Name == CheckpointDirectories.MetadataFileName)
                Add(entry);
        }
        // A single file: a _metadata, or a savepoint of Flink 1.2, which may have any name.
        if (count == 0 && place.Path is not ("" or "/") && await fileSystem.FindAsync(place, cancellationToken: cancellationToken) is { } file)
            Add(file);
        return count;

        void Add(FileEntry entry)
        {
            files[entry.Path.ToString()] = (entry.Path, $"{entry.ETag} {entry.Length} {entry.LastModified?.UtcTicks}");
            count++;
        }
    }
}
