using System.Net.Http.Headers;

namespace Cairn.FileSystems.Drivers;

/// <summary>The <c>Content-Range</c> that a store sends with a part of a file.</summary>
public static class ContentRange
{
    /// <summary>The first byte that was sent and the length of the whole file, from <c>bytes 5-9/20</c>.</summary>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.Corrupt"/>: it says neither.</exception>
    public static (long First, long Total) Parse(StoragePath path, string? text) =>
        ContentRangeHeaderValue.TryParse(text, out var range) && range is { From: { } first, Length: { } total }
            ? (first, total)
            : throw new FileSystemException(FileSystemErrorCode.Corrupt, $"The store answered the range '{text}' for '{path}'.", path);
}
