namespace Cairn.FileSystems.Local;

/// <summary>How a <see cref="LocalFileSystem"/> works. Immutable.</summary>
public sealed record LocalFileSystemOptions
{
    /// <summary>The smallest <see cref="BufferSize"/>: 4 KiB.</summary>
    public const int MinBufferSize = 4 * 1024;

    /// <summary>The largest <see cref="BufferSize"/>: 64 MiB.</summary>
    public const int MaxBufferSize = 64 * 1024 * 1024;

    /// <summary>
    /// The directory that nothing may lead out of, an absolute path of this machine, or null for no such limit. Paths stay what they are
    /// (<c>file:/data/jobs/a</c>, not <c>file:/a</c>); one that does not lie below it is refused with <see cref="FileSystemErrorCode.InvalidPath"/>.
    /// Below it no symbolic link is followed, also not one that leads to a place inside: on Linux every segment is opened without following,
    /// so a link that appears in the middle of a call leads nowhere either. Links in the root's own path are followed.
    /// </summary>
    public string? Root { get; init; }

    /// <summary>
    /// Whether a commit, a deletion and a new directory are on the disk (fsync of the file and of the directories) before the call returns; true unless said otherwise.
    /// Without it they are as atomic, and lost or in disorder only by a power failure or a crash of the system.
    /// </summary>
    public bool Durable { get; init; } = true;

    /// <summary>
    /// The bytes that a writer, or a reader that is read in small pieces, gathers before it asks the system: from <see cref="MinBufferSize"/> to
    /// <see cref="MaxBufferSize"/>, 128 KiB by default. Larger pieces go past the buffer. The buffers are pooled.
    /// </summary>
    public int BufferSize { get; init; } = 128 * 1024;
}
