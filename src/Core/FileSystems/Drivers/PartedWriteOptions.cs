namespace Cairn.FileSystems.Drivers;

/// <summary>How a <see cref="PartedFileWriter"/> cuts a file into parts, and how much memory it may hold. Immutable.</summary>
public sealed record PartedWriteOptions
{
    /// <summary>Bytes of a part, at least 1; a file up to it is one request. 8 MiB by default.</summary>
    public int PartSize { get; init; } = 8 * 1024 * 1024;

    /// <summary>How many parts are held in memory at once, the one being filled included; at least 1. The memory budget of a writer is this times <see cref="PartSize"/>. 4 by default.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>The most parts that the store takes.</summary>
    public int MaxParts { get; init; } = 10_000;

    /// <summary>The longest part that growth arrives at, in bytes; never more than the memory budget. 64 MiB by default.</summary>
    public int MaxPartSize { get; init; } = 64 * 1024 * 1024;

    /// <summary>Whether parts grow, and fewer are in flight, as a file of unknown length gets long. Off for stores that want all parts equal.</summary>
    public bool GrowParts { get; init; } = true;
}
