namespace Cairn.FileSystems.Memory;

/// <summary>Reads the version that was there when it was opened.</summary>
internal sealed class MemoryReadStream : FileReadStream
{
    private readonly MemoryContentReader _reader;
    private long _left;
    private bool _disposed;

    public MemoryReadStream(FileEntry entry, MemoryContent content, ReadOptions options)
    {
        Entry = entry;
        var offset = Math.Min(options.Offset, entry.Length);
        _left = Math.Min(entry.Length - offset, options.Length ?? long.MaxValue);
        _reader = content.ReadFrom(offset);
    }

    public override FileEntry Entry { get; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var read = _reader.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        _left -= read;
        return read;
    }

    protected override void Dispose(bool disposing)
    {
        _disposed = true;
        base.Dispose(disposing);
    }
}
