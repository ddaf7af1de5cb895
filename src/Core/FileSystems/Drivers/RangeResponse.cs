namespace Cairn.FileSystems.Drivers;

/// <summary>The answer to one ranged request.</summary>
/// <param name="Entry">The whole file: its length and version.</param>
/// <param name="Offset">The first byte of <paramref name="Body"/>, as the store says.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Request">Ends the request when it is disposed; the SDK's response.</param>
public sealed record RangeResponse(FileEntry Entry, long Offset, Stream Body, IDisposable Request)
{
    /// <summary>The <see cref="Crc32C"/> of the whole file, where the answer told it.</summary>
    public uint? Checksum { get; init; }
}

/// <summary>A store that answers ranged requests: what a <see cref="ResumingReadStream"/> reads from. Thread safe.</summary>
public interface IRangeSource
{
    /// <summary>One request for the bytes from <paramref name="offset"/> on. Throws what the SDK throws.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">How many bytes at most, at least 1; null to the end.</param>
    /// <param name="etag">The only version to answer with, or null for whichever is there.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>Null when the file has no byte at <paramref name="offset"/>: the range cannot be satisfied.</returns>
    Task<RangeResponse?> OpenRangeAsync(StoragePath path, long offset, long? length, string? etag, CancellationToken cancellationToken);

    /// <summary>The entry of the file, or null when it is absent. Throws what the SDK throws.</summary>
    Task<FileEntry?> FindAsync(StoragePath path, CancellationToken cancellationToken);

    /// <summary>
    /// The <see cref="Crc32C"/> of a whole file whose range response told none, asked for when its last byte has come; null when it has none or is not compared.
    /// Throws what the SDK throws.
    /// </summary>
    Task<uint?> FindChecksumAsync(FileEntry entry, CancellationToken cancellationToken) => Task.FromResult<uint?>(null);

    /// <summary>Whether whole files are compared with their checksum.</summary>
    bool ComparesChecksums => false;

    /// <summary>What an exception of a request or of a body means.</summary>
    FileSystemException Translate(StoragePath path, Exception exception);
}
