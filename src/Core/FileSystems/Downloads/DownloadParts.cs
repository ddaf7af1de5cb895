namespace Cairn.FileSystems.Downloads;

/// <summary>The parts of one version of a file, each a request; the first one is open already.</summary>
internal sealed class DownloadParts(IFileSystem fileSystem, FileReadStream first, int size)
{
    public FileEntry Entry => first.Entry;

    public int Size => size;

    /// <summary>Where each part starts.</summary>
    public IEnumerable<long> Offsets()
    {
        for (var offset = 0L; offset < Entry.Length; offset += size)
            yield return offset;
    }

    public int LengthOf(long offset) => (int)Math.Min(size, Entry.Length - offset);

    /// <summary>Hands the part at <paramref name="offset"/> to <paramref name="read"/>, which reads all of it.</summary>
    /// <exception cref="FileChangedException">The file was replaced or removed meanwhile.</exception>
    public async Task ReadAsync(long offset, Func<FileReadStream, Task> read, CancellationToken cancellationToken)
    {
        var stream = offset == 0 ? first : await OpenAsync(offset, cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            await read(stream).ConfigureAwait(false);
    }

    private async Task<FileReadStream> OpenAsync(long offset, CancellationToken cancellationToken)
    {
        try
        {
            return await fileSystem.OpenReadAsync(Entry.Path, new() { Offset = offset, Length = LengthOf(offset), IfMatch = Entry.ETag }, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e) when (e.Code is FileSystemErrorCode.PreconditionFailed or FileSystemErrorCode.NotFound)
        {
            throw new FileChangedException(Entry.Path, e);
        }
    }
}
