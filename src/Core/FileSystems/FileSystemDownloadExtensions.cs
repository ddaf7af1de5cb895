using Cairn.FileSystems.Downloads;

namespace Cairn.FileSystems;

/// <summary>How <see cref="FileSystemDownloadExtensions.DownloadAsync"/> reads.</summary>
public sealed record DownloadOptions
{
    /// <summary>Bytes of one request, at least 1. 8 MiB by default.</summary>
    public int PartSize { get; init; } = 8 * 1024 * 1024;

    /// <summary>How many requests run at once, at least 1; this times <see cref="PartSize"/> is what is held in memory for a destination that is written in order. 4 by default.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>The only version to read, an <see cref="FileEntry.ETag"/>; with another one there the download fails with <see cref="FileSystemErrorCode.PreconditionFailed"/>.</summary>
    public string? IfMatch { get; init; }
}

/// <summary>Reading long files over several connections at once, on top of <see cref="IFileSystem"/>.</summary>
public static class FileSystemDownloadExtensions
{
    /// <summary>
    /// Writes one version of a file to <paramref name="destination"/>; a file of one part is one request. Several connections are faster than one where a store limits each.
    /// A <see cref="FileStream"/> is written to from its position on, at several places at once, and takes 256 KiB of memory for each request; any other stream in order, while the
    /// parts behind are on their way. When it fails, some of the file may have been written.
    /// </summary>
    /// <returns>The entry of what was read.</returns>
    /// <exception cref="FileChangedException">The file was replaced or removed meanwhile.</exception>
    /// <exception cref="FileSystemException">As <see cref="IFileSystem.OpenReadAsync"/>.</exception>
    public static async Task<FileEntry> DownloadAsync(
        this IFileSystem fileSystem, StoragePath path, Stream destination, DownloadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PartSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1, nameof(options));
        var first = await fileSystem.OpenReadAsync(path, new() { Length = options.PartSize, IfMatch = options.IfMatch }, cancellationToken).ConfigureAwait(false);
        await using (first.ConfigureAwait(false))
        {
            var parts = new DownloadParts(fileSystem, first, options.PartSize);
            // One that is derived from it may do more with what it is given.
            if (destination.GetType() == typeof(FileStream) && destination.CanSeek)
                await DownloadInPlace.RunAsync(parts, (FileStream)destination, options.Parallelism, cancellationToken).ConfigureAwait(false);
            else
                await DownloadInOrder.RunAsync(parts, destination, options.Parallelism, cancellationToken).ConfigureAwait(false);
        }
        return first.Entry;
    }
}
