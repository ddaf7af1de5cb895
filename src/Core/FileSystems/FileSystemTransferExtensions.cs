namespace Cairn.FileSystems;

/// <summary>Moving and copying files, also from store to store, on top of <see cref="IFileSystem"/>.</summary>
public static class FileSystemTransferExtensions
{
    private const int CopyBuffer = 128 * 1024;

    /// <summary>
    /// Copies a file and then deletes the source; the destination appears whole. When the delete fails both are there, and its error is thrown.
    /// No atomic rename: a reader may see both names for a moment, never neither.
    /// </summary>
    /// <returns>The destination's entry.</returns>
    /// <exception cref="FileSystemException">As <see cref="IFileSystem.CopyAsync"/> and <see cref="IFileSystem.DeleteAsync"/>.</exception>
    public static async Task<FileEntry> MoveAsync(
        this IFileSystem fileSystem, StoragePath source, StoragePath destination, WriteMode? mode = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        var options = new CopyOptions { Mode = mode ?? WriteMode.Create };
        var entry = await fileSystem.CopyAsync(source, destination, options, cancellationToken).ConfigureAwait(false);
        await fileSystem.DeleteAsync(source, cancellationToken).ConfigureAwait(false);
        return entry;
    }

    /// <summary>
    /// Copies a file to a path of <paramref name="target"/>: with <see cref="IFileSystem.CopyAsync"/> when that is this very file system, on the store's side
    /// where the two lie on one that can (<see cref="IPeerCopy"/>), else as one stream through this process, in bounded memory. The copy appears whole.
    /// </summary>
    /// <returns>The destination's entry.</returns>
    /// <exception cref="FileSystemException">
    /// <see cref="FileSystemErrorCode.Corrupt"/>: the source ended early; nothing was published. Else as the verbs it is made of.
    /// </exception>
    public static Task<FileEntry> CopyToAsync(
        this IFileSystem fileSystem, StoragePath source, IFileSystem target, StoragePath destination, CopyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        ArgumentNullException.ThrowIfNull(target);
        if (ReferenceEquals(fileSystem, target))
            return fileSystem.CopyAsync(source, destination, options, cancellationToken);
        options ??= new();
        return fileSystem is IPeerCopy here && target is IPeerCopy there && there.CanCopyFrom(here.Unwrapped)
            ? CopyOrStreamAsync(there, here.Unwrapped, fileSystem, source, target, destination, options, cancellationToken)
            : StreamAsync(fileSystem, source, target, destination, options, cancellationToken);
    }

    private static async Task<FileEntry> CopyOrStreamAsync(
        IPeerCopy there, IFileSystem peer, IFileSystem from, StoragePath source, IFileSystem to, StoragePath destination, CopyOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await there.CopyFromAsync(peer, source, destination, options, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.NotSupported)
        {
            return await StreamAsync(from, source, to, destination, options, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<FileEntry> StreamAsync(
        IFileSystem from, StoragePath source, IFileSystem to, StoragePath destination, CopyOptions options, CancellationToken cancellationToken)
    {
        var reader = await from.OpenReadAsync(source, new() { IfMatch = options.Source?.ETag }, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var writing = new WriteOptions { Mode = options.Mode, LengthHint = reader.Entry.Length };
            var writer = await to.OpenWriteAsync(destination, writing, cancellationToken).ConfigureAwait(false);
            await using (writer.ConfigureAwait(false))
            {
                await reader.CopyToAsync(writer.Stream, CopyBuffer, cancellationToken).ConfigureAwait(false);
                if (writer.Position != reader.Entry.Length)
                    throw new FileSystemException(FileSystemErrorCode.Corrupt, $"'{source}' ended after {writer.Position} of {reader.Entry.Length} bytes; nothing was written.", source);
                return await writer.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
