namespace Cairn.FileSystems;

/// <summary>How <see cref="IFileSystem.FindAsync"/> looks.</summary>
public sealed record FindOptions
{
    /// <summary>Look a path that is no file up as a directory too. On an object store this costs one more request, after a miss only.</summary>
    public bool Directories { get; init; }
}

/// <summary>Which bytes <see cref="IFileSystem.OpenReadAsync"/> reads, and of which version.</summary>
public sealed record ReadOptions
{
    /// <summary>The first byte, from 0. A range that starts at the end or behind it is empty.</summary>
    public long Offset { get; init; }

    /// <summary>How many bytes at most, from 0; null reads to the end.</summary>
    public long? Length { get; init; }

    /// <summary>The only version to read, an <see cref="FileEntry.ETag"/>; with another one there the open fails with <see cref="FileSystemErrorCode.PreconditionFailed"/>.</summary>
    public string? IfMatch { get; init; }
}

/// <summary>How <see cref="IFileSystem.OpenWriteAsync"/> writes.</summary>
public sealed record WriteOptions
{
    /// <summary>What happens when the name is taken; <see cref="WriteMode.Create"/> unless said otherwise, so that nothing is lost by default.</summary>
    public WriteMode Mode { get; init; } = WriteMode.Create;

    /// <summary>The length if it is known, as a hint for part sizes; the file may turn out otherwise.</summary>
    public long? LengthHint { get; init; }
}

/// <summary>What <see cref="IFileSystem.ListAsync"/> lists.</summary>
public sealed record ListOptions
{
    /// <summary>False: one level, files and directories. True: every file below, no directories.</summary>
    public bool Recursive { get; init; }

    /// <summary>
    /// Recursive only: bring, as directories, also the objects that some stores keep in place of a directory (Azure's <c>hdi_isfolder</c>), so that
    /// deleting a tree leaves none. Stores without such objects ignore it.
    /// </summary>
    public bool DirectoryObjects { get; init; }

    /// <summary>Entries a request, at least 1; null is the store's most. A smaller one only costs more requests.</summary>
    public int? PageSize { get; init; }
}

/// <summary>How <see cref="IFileSystem.CopyAsync"/> copies.</summary>
public sealed record CopyOptions
{
    /// <summary>What happens when the destination's name is taken.</summary>
    public WriteMode Mode { get; init; } = WriteMode.Create;

    /// <summary>
    /// The source as it is known from a listing; saves the look-up of its length and pins its version: with another one there the copy fails with
    /// <see cref="FileSystemErrorCode.PreconditionFailed"/>, whose path is the source's.
    /// </summary>
    public FileEntry? Source { get; init; }
}

/// <summary>What <see cref="IFileSystem.SweepAbandonedAsync"/> takes away.</summary>
public sealed record SweepOptions
{
    /// <summary>Only what has not been touched for this long, by the store's clock; longer than any write takes. One day by default.</summary>
    public TimeSpan OlderThan { get; init; } = TimeSpan.FromDays(1);
}
