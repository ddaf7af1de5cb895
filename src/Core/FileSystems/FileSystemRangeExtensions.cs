namespace Cairn.FileSystems;

/// <summary>Vectored reads on top of <see cref="IFileSystem"/>.</summary>
public static class FileSystemRangeExtensions
{
    /// <summary>
    /// Reads many ranges of one version of a file: near ones share a request, several requests run at once. Ranges may overlap and come in any order;
    /// one that reaches behind the file's end is cut there. Holds the ranges, and what lies between merged ones, in memory.
    /// </summary>
    /// <returns>The bytes of each range, in the order given; dispose it to give the buffers back.</returns>
    /// <exception cref="FileChangedException">The requests saw different versions.</exception>
    /// <exception cref="FileSystemException">As <see cref="IFileSystem.OpenReadAsync"/>.</exception>
    public static async Task<FileRanges> ReadRangesAsync(
        this IFileSystem fileSystem, StoragePath path, IReadOnlyList<ByteRange> ranges, RangeReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        ArgumentNullException.ThrowIfNull(ranges);
        options ??= new();
        Check(ranges, options);
        var result = new FileRanges(ranges.Count);
        try
        {
            var spans = RangeSpan.Merge(ranges, options, result);
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(spans, parallel, (span, token) => span.ReadAsync(fileSystem, path, options.IfMatch, token)).ConfigureAwait(false);
            if (spans.Exists(span => span.ETag != spans[0].ETag))
                throw new FileChangedException(path);
            foreach (var span in spans)
                span.Slice(ranges, result);
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    private static void Check(IReadOnlyList<ByteRange> ranges, RangeReadOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.MergeGap, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxMergedLength, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1, nameof(options));
        foreach (var range in ranges)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(range.Offset, nameof(ranges));
            ArgumentOutOfRangeException.ThrowIfNegative(range.Length, nameof(ranges));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(range.Offset, long.MaxValue - range.Length, nameof(ranges));
        }
    }
}
