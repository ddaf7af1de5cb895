namespace Cairn.FileSystems;

/// <summary>
/// A seekable, read-only view of one version of a file. A seek costs nothing by itself; the next read skips through a short distance forward
/// and opens the file again for any other. When the file was replaced or removed meanwhile, that read throws <see cref="FileChangedException"/>. Not thread safe.
/// </summary>
/// <remarks>
/// Reads are asynchronous where they need a request. A synchronous read works on where the stream already is (in sequence, or a short distance ahead);
/// after another seek it throws <see cref="NotSupportedException"/>, as no thread is blocked on a request here.
/// </remarks>
public sealed class SeekableReadStream : Stream
{
    /// <summary>Forward jumps up to this are read through: about what one more round trip would cost.</summary>
    private const int SkipAtMost = 128 * 1024;

    private const int SkipBuffer = 8 * 1024;

    private readonly IFileSystem _fileSystem;
    private FileReadStream? _open;
    private long _openPosition;
    private long _position;
    private bool _disposed;

    internal SeekableReadStream(IFileSystem fileSystem, FileEntry entry)
    {
        _fileSystem = fileSystem;
        Entry = entry;
    }

    /// <summary>The version that is read.</summary>
    public FileEntry Entry { get; }

    /// <inheritdoc/>
    public override bool CanRead => !_disposed;

    /// <inheritdoc/>
    public override bool CanSeek => !_disposed;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => Entry.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ObjectDisposedException.ThrowIf(_disposed, this);
            _position = value;
        }
    }

    private bool CanSkip => _open is not null && _position >= _openPosition && _position - _openPosition <= SkipAtMost;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = offset + origin switch
        {
            SeekOrigin.Begin => 0,
            SeekOrigin.Current => _position,
            SeekOrigin.End => Length,
            _ => throw new ArgumentOutOfRangeException(nameof(origin), origin, "Begin, Current or End."),
        };
        if (target < 0)
            throw new IOException($"A seek to {target} leads before the start of '{Entry.Path}'.");
        return Position = target;
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (buffer.IsEmpty || _position >= Length)
            return 0;
        if (!CanSkip)
            await ReopenAsync(cancellationToken).ConfigureAwait(false);
        var scratch = _position > _openPosition ? new byte[SkipBuffer] : [];
        while (_position > _openPosition)
        {
            var skip = (int)Math.Min(scratch.Length, _position - _openPosition);
            Advance(await _open!.ReadAsync(scratch.AsMemory(0, skip), cancellationToken).ConfigureAwait(false));
        }
        return Deliver(await _open!.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (buffer.IsEmpty || _position >= Length)
            return 0;
        if (!CanSkip)
            throw new NotSupportedException($"Reading '{Entry.Path}' at {_position} needs a request; use ReadAsync.");
        Span<byte> scratch = stackalloc byte[1024];
        while (_position > _openPosition)
            Advance(_open!.Read(scratch[..(int)Math.Min(scratch.Length, _position - _openPosition)]));
        return Deliver(_open!.Read(buffer));
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException("The stream is for reading.");

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is for reading.");

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _disposed = true;
        await CloseAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        _open?.Dispose();
        _open = null;
        base.Dispose(disposing);
    }

    private async ValueTask ReopenAsync(CancellationToken cancellationToken)
    {
        await CloseAsync().ConfigureAwait(false);
        try
        {
            var options = new ReadOptions { Offset = _position, IfMatch = Entry.ETag };
            _open = await _fileSystem.OpenReadAsync(Entry.Path, options, cancellationToken).ConfigureAwait(false);
            _openPosition = _position;
        }
        catch (FileSystemException e) when (e.Code is FileSystemErrorCode.PreconditionFailed or FileSystemErrorCode.NotFound)
        {
            throw new FileChangedException(Entry.Path, e);
        }
    }

    private async ValueTask CloseAsync()
    {
        var stream = _open;
        _open = null;
        if (stream is not null)
            await stream.DisposeAsync().ConfigureAwait(false);
    }

    private int Deliver(int read)
    {
        Advance(read);
        _position += read;
        return read;
    }

    private void Advance(int read)
    {
        if (read == 0)
            throw new FileSystemException(FileSystemErrorCode.Corrupt, $"'{Entry.Path}' ended at {_openPosition} of its {Length} bytes.", Entry.Path);
        _openPosition += read;
    }
}
