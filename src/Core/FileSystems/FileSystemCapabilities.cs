namespace Cairn.FileSystems;

/// <summary>What can differ between stores, said once and never guessed. Immutable.</summary>
public sealed record FileSystemCapabilities
{
    /// <summary>Whether <see cref="WriteMode.Create"/> is decided by the store in one atomic step, so that of racing writers exactly one wins.</summary>
    public bool AtomicCreate { get; init; } = true;

    /// <summary>Whether <see cref="WriteMode.Replace"/> is offered.</summary>
    public bool ConditionalReplace { get; init; } = true;

    /// <summary>The longest file in bytes that a <see cref="WriteMode.Create"/> or <see cref="WriteMode.Replace"/> can publish; null when there is no limit of its own.</summary>
    public long? MaxConditionalLength { get; init; }

    /// <summary>The longest file in bytes that is published with one request; longer ones take several, see the provider. Null: every length.</summary>
    public long? SingleRequestLength { get; init; }

    /// <summary>Whether a file that was committed is there after a power failure.</summary>
    public bool DurableCommit { get; init; } = true;

    /// <summary>Whether directories are things of their own (a disk), which stay when their last file goes, or only prefixes (an object store).</summary>
    public bool RealDirectories { get; init; }

    /// <summary>Whether <see cref="IFileSystem.CopyAsync"/> moves no bytes through this process.</summary>
    public bool ServerSideCopy { get; init; } = true;

    /// <summary>How many paths one request of <see cref="IFileSystem.DeleteAsync"/> covers, at least 1.</summary>
    public int DeleteBatchSize { get; init; } = 1;

    /// <summary>How many entries one request of <see cref="IFileSystem.ListAsync"/> brings at most, at least 1.</summary>
    public int ListPageSize { get; init; } = 1000;
}
