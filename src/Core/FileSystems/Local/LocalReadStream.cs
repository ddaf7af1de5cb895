using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local;

/// <summary>
/// Reads a range of an open file. The open handle keeps the version alive when the path is overwritten or deleted meanwhile; a change in place,
/// which no writer of Cairn makes, is told by a short read or by length and time at the end of the range.
/// </summary>
internal sealed class LocalReadStream(LocalDisk disk, SafeFileHandle handle, LocalPath path, FileEntry entry, ReadOptions range, int bufferSize) : FileReadStream
{
    private readonly long _end = range.Length is { } length && length < entry.Length - range.Offset ? range.Offset + length : entry.Length;
    private byte[]? _buffer;
    private int _consumed;
    private int _filled;
    private long _position = Math.Min(range.Offset, entry.Length);
    private bool _disposed;

    public override FileEntry Entry => entry;

    private int Available => _filled - _consumed;

    private long Unread => _end - _position;

    public override int Read(Span<byte> buffer)
    {
        if (TryReadWithoutDisk(buffer, out var read))
            return read;
        try
        {
            if (IsLarge(buffer.Length))
                return Arrived(RandomAccess.Read(handle, buffer[..(int)Math.Min(buffer.Length, Unread)], _position));
            Filled(RandomAccess.Read(handle, Space().Span, _position));
            return TakeBuffered(buffer);
        }
        catch (Exception e) when (LocalErrors.IsOfDisk(e))
        {
            throw LocalErrors.Translate(e, path.Path);
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        return TryReadWithoutDisk(buffer.Span, out var read) || TryReadAtOnce(buffer.Span, out read)
            ? ValueTask.FromResult(read)
            : ReadFromDiskAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            handle.Dispose();
            if (_buffer is not null)
                ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadFromDiskAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            if (IsLarge(buffer.Length))
            {
                var direct = buffer[..(int)Math.Min(buffer.Length, Unread)];
                return Arrived(await RandomAccess.ReadAsync(handle, direct, _position, cancellationToken).ConfigureAwait(false));
            }
            Filled(await RandomAccess.ReadAsync(handle, Space(), _position, cancellationToken).ConfigureAwait(false));
            return TakeBuffered(buffer.Span);
        }
        catch (Exception e) when (LocalErrors.IsOfDisk(e))
        {
            throw LocalErrors.Translate(e, path.Path);
        }
    }

    private bool TryReadWithoutDisk(Span<byte> buffer, out int read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        read = buffer.IsEmpty ? 0 : TakeBuffered(buffer);
        return read > 0 || buffer.IsEmpty || Unread <= 0;
    }

    /// <summary>What the system has in memory is read here and now: going through the thread pool for it would cost more than the copy.</summary>
    private bool TryReadAtOnce(Span<byte> buffer, out int read)
    {
        read = 0;
        try
        {
            var isLarge = IsLarge(buffer.Length);
            var arrived = disk.ReadAtOnce(handle, isLarge ? buffer[..(int)Math.Min(buffer.Length, Unread)] : Space().Span, _position);
            if (arrived <= 0)
                return false;
            if (!isLarge)
                Filled(arrived);
            read = isLarge ? Arrived(arrived) : TakeBuffered(buffer);
            return true;
        }
        catch (Exception e) when (LocalErrors.IsOfDisk(e))
        {
            throw LocalErrors.Translate(e, path.Path);
        }
    }

    private bool IsLarge(int wanted) => wanted >= bufferSize || wanted >= Unread;

    private Memory<byte> Space() => (_buffer ??= ArrayPool<byte>.Shared.Rent(bufferSize)).AsMemory(0, (int)Math.Min(bufferSize, Unread));

    private void Filled(int read)
    {
        _consumed = 0;
        _filled = Arrived(read);
    }

    private int TakeBuffered(Span<byte> buffer)
    {
        var taken = Math.Min(buffer.Length, Available);
        _buffer.AsSpan(_consumed, taken).CopyTo(buffer);
        _consumed += taken;
        return taken;
    }

    /// <summary>Counts what the disk gave, and before the last bytes are handed out sees that the file is still the one that was opened.</summary>
    private int Arrived(int read)
    {
        _position += read;
        if (read == 0 || (Unread <= 0 && !disk.IsUnchanged(handle, path, entry)))
            throw new FileChangedException(path.Path);
        return read;
    }
}
