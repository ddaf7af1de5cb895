namespace Cairn.FileSystems;

/// <summary>Whole files in one call, on top of <see cref="IFileSystem"/>.</summary>
public static class FileSystemFileExtensions
{
    /// <summary>Whether the file is there. One request; everything but an absent file throws.</summary>
    /// <exception cref="FileSystemException">As <see cref="IFileSystem.FindAsync"/>.</exception>
    public static async Task<bool> ExistsAsync(this IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        return await fileSystem.FindAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false) is not null;
    }

    /// <summary>The entry of a file that has to be there. One request.</summary>
    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.NotFound"/>: it is absent. Else as <see cref="IFileSystem.FindAsync"/>.</exception>
    public static async Task<FileEntry> GetAsync(this IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        return await fileSystem.FindAsync(path, cancellationToken: cancellationToken).ConfigureAwait(false) ?? throw FileSystemException.NotFound(path);
    }

    /// <summary>The bytes of a file, or of the range that <paramref name="options"/> names, of one version. One request; the whole result is in memory.</summary>
    /// <exception cref="FileSystemException">
    /// <see cref="FileSystemErrorCode.NotSupported"/>: more bytes than an array holds.
    /// <see cref="FileSystemErrorCode.Corrupt"/>: the store sent fewer bytes than the file has. Else as <see cref="IFileSystem.OpenReadAsync"/>.
    /// </exception>
    public static async Task<byte[]> ReadAllBytesAsync(
        this IFileSystem fileSystem, StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        options ??= new();
        var stream = await fileSystem.OpenReadAsync(path, options, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var length = Math.Min(Math.Max(stream.Entry.Length - options.Offset, 0), options.Length ?? long.MaxValue);
            if (length > Array.MaxLength)
                throw FileSystemException.NotSupported(path, $"'{path}' has {length} bytes to read, more than one array holds; open it as a stream.");
            var bytes = GC.AllocateUninitializedArray<byte>((int)length);
            if (await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < bytes.Length)
                throw new FileSystemException(FileSystemErrorCode.Corrupt, $"'{path}' ended before its {length} bytes were read.", path);
            return bytes;
        }
    }

    /// <summary>Writes a whole file in one commit; <see cref="WriteMode.Create"/> unless said otherwise. Returns its entry.</summary>
    /// <exception cref="FileSystemException">As <see cref="FileWriter.CommitAsync"/>.</exception>
    public static async Task<FileEntry> WriteAllBytesAsync(
        this IFileSystem fileSystem, StoragePath path, ReadOnlyMemory<byte> bytes, WriteMode? mode = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        var options = new WriteOptions { Mode = mode ?? WriteMode.Create, LengthHint = bytes.Length };
        var writer = await fileSystem.OpenWriteAsync(path, options, cancellationToken).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            await writer.Stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            return await writer.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
