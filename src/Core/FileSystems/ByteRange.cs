using System.Runtime.InteropServices;

namespace Cairn.FileSystems;

/// <summary>Some bytes of a file.</summary>
/// <param name="Offset">The first byte, from 0.</param>
/// <param name="Length">How many, from 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ByteRange(long Offset, int Length)
{
    /// <summary>The first byte behind it.</summary>
    public long End => Offset + Length;
}

/// <summary>How <see cref="FileSystemRangeExtensions.ReadRangesAsync"/> reads.</summary>
public sealed record RangeReadOptions
{
    /// <summary>Ranges with at most this many bytes between them share a request; the bytes between are read and dropped. 64 KiB by default: cheaper than one more round trip.</summary>
    public int MergeGap { get; init; } = 64 * 1024;

    /// <summary>The most bytes that merging puts into one request; a longer single range is one request still. 8 MiB by default.</summary>
    public int MaxMergedLength { get; init; } = 8 * 1024 * 1024;

    /// <summary>Requests in flight at once, at least 1; 8 by default.</summary>
    public int Parallelism { get; init; } = 8;

    /// <summary>The only version to read, as <see cref="ReadOptions.IfMatch"/>. Without it, ranges of two versions give <see cref="FileChangedException"/>.</summary>
    public string? IfMatch { get; init; }
}
