namespace Cairn.FileSystems.Drivers;

/// <summary>Bytes that wait to be sent: a part in memory, or a file that was spooled. May be read several times, once for each attempt.</summary>
public abstract class UploadContent
{
    /// <summary>Nothing at all.</summary>
    public static UploadContent Empty { get; } = new PartBuffer(0);

    /// <summary>Bytes.</summary>
    public abstract long Length { get; }

    /// <summary>The <see cref="Drivers.Crc32C"/> of all of it; computed once. Only while nothing is appended.</summary>
    public abstract uint Checksum { get; }

    /// <summary>A seekable stream over all of it, at its start. Disposing it ends its reading; the content stays.</summary>
    public Stream OpenRead() => new UploadContentStream(this);

    /// <summary>Copies bytes from <paramref name="position"/> on; how many, 0 only at the end.</summary>
    internal abstract int ReadAt(long position, Span<byte> buffer);

    /// <summary>As many bytes from <paramref name="position"/> on as lie together in memory, without a copy; empty at the end, or where the content is not in memory.</summary>
    internal virtual ReadOnlyMemory<byte> Peek(long position) => default;
}
