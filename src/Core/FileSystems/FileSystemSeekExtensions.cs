namespace Cairn.FileSystems;

/// <summary>Reading with seeks, on top of <see cref="IFileSystem"/>.</summary>
public static class FileSystemSeekExtensions
{
    /// <summary>
    /// A seekable view of one version of a file, for readers that jump (archives, columnar files). Costs one look-up, which <paramref name="known"/> saves,
    /// and then one request for each jump that is not a short one forward. Wrap it in a <see cref="BufferedStream"/> for many small reads.
    /// </summary>
    /// <param name="fileSystem">Where the file lies.</param>
    /// <param name="path">The file.</param>
    /// <param name="known">The entry of the file if a listing or a look-up gave it already: that version is read.</param>
    /// <param name="cancellationToken">Cancels the look-up.</param>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.NotFound"/>: it is absent. Else as <see cref="IFileSystem.FindAsync"/>.</exception>
    public static async Task<SeekableReadStream> OpenSeekableAsync(
        this IFileSystem fileSystem, StoragePath path, FileEntry? known = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        return new SeekableReadStream(fileSystem, known ?? await fileSystem.GetAsync(path, cancellationToken).ConfigureAwait(false));
    }
}
