namespace Cairn.FileSystems;

/// <summary>
/// A forward stream over one version of a file, as <see cref="IFileSystem.OpenReadAsync"/> opens it. Not thread safe.
/// A dropped connection is resumed from the last byte; when the file changed meanwhile, reading throws <see cref="FileChangedException"/>, never mixed bytes.
/// Disposing early ends the request.
/// </summary>
public abstract class FileReadStream : Stream
{
    /// <summary>The file as it was when it was opened: its whole length and its version, whatever range is read.</summary>
    public abstract FileEntry Entry { get; }

    /// <inheritdoc/>
    public sealed override bool CanRead => true;

    /// <inheritdoc/>
    public sealed override bool CanSeek => false;

    /// <inheritdoc/>
    public sealed override bool CanWrite => false;

    /// <summary>Not supported: the stream goes forward only. <see cref="Entry"/> has the file's length.</summary>
    public sealed override long Length => throw new NotSupportedException("The stream goes forward only; Entry.Length is the file's length.");

    /// <summary>Not supported: the stream goes forward only.</summary>
    public sealed override long Position
    {
        get => throw new NotSupportedException("The stream goes forward only.");
        set => throw new NotSupportedException("The stream goes forward only; open a seekable view.");
    }

    /// <inheritdoc/>
    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream goes forward only; open a seekable view.");

    /// <inheritdoc/>
    public sealed override void SetLength(long value) => throw new NotSupportedException("The stream is for reading.");

    /// <inheritdoc/>
    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is for reading.");

    /// <inheritdoc/>
    public sealed override void Flush()
    {
    }

    /// <inheritdoc/>
    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public sealed override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public abstract override int Read(Span<byte> buffer);
}
