using System.Buffers;
using System.Runtime.CompilerServices;

namespace Cairn.FileSystems.Drivers;

/// <summary>
/// Reads a range of one version of a file over a connection that may drop: a drop, or a body that ends early, is resumed from the last byte with a
/// request that the version must match; the range that comes back is checked. When the version is gone, reading throws <see cref="FileChangedException"/>.
/// A body that stands still is a drop. A whole file is compared with its checksum, where the source has one, before its last bytes are handed out.
/// </summary>
public sealed class ResumingReadStream : FileReadStream
{
    private const int MostOfSynchronousRead = 1024 * 1024;

    private readonly IRangeSource _source;
    private readonly RetryPolicy _retries;
    private readonly long _end;
    private readonly bool _compares;
    private readonly uint? _expectedChecksum;
    private long _next;
    private uint _checksum;
    private RangeResponse? _response;
    private CancellationTokenSource _pending;
    private bool _disposed;

    private ResumingReadStream(IRangeSource source, RetryPolicy retries, FileEntry entry, RangeResponse? response, long offset, long? length)
    {
        _source = source;
        _retries = retries;
        Entry = entry;
        _response = response;
        _next = Math.Min(offset, entry.Length);
        _end = length is { } count && count < entry.Length - _next ? _next + count : entry.Length;
        _compares = source.ComparesChecksums && _next == 0 && _end == entry.Length;
        _expectedChecksum = response?.Checksum;
        _pending = NewPending();
    }

    /// <inheritdoc/>
    public override FileEntry Entry { get; }

    /// <summary>Opens the range that <paramref name="options"/> say, with one request; with a look-up more when the range turns out to be empty.</summary>
    /// <exception cref="FileSystemException">The file is absent, has another version than asked for, or cannot be read.</exception>
    public static async Task<FileReadStream> OpenAsync(IRangeSource source, RetryPolicy retries, StoragePath path, ReadOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(retries);
        ArgumentNullException.ThrowIfNull(options);
        return await retries.RunAsync(
            static (call, cancellationToken) => OpenOnceAsync(call.source, call.retries, call.path, call.options, cancellationToken),
            (source, retries, path, options),
            e => source.Translate(path, e),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellationToken);
        buffer = buffer[..(int)Math.Min(buffer.Length, _end - _next)];
        if (buffer.IsEmpty)
            return new(0);
        var read = StartRead(buffer);
        if (!read.IsCompletedSuccessfully)
            return FinishAsync(read, buffer, cancellationToken);
        var count = read.Result;
        return count > 0 && (_next + count < _end || !_compares) ? new(Advance(buffer.Span[..count])) : FinishAsync(new(count), buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length, MostOfSynchronousRead));
        try
        {
#pragma warning disable RS0030 // A synchronous read of a network stream waits for the network; nothing above uses the caller's context.
            var count = ReadAsync(bytes.AsMemory(0, Math.Min(buffer.Length, bytes.Length)), CancellationToken.None).AsTask().GetAwaiter().GetResult();
#pragma warning restore RS0030
            bytes.AsSpan(0, count).CopyTo(buffer);
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            EndRequest();
            _pending.Dispose();
        }
        _disposed = true;
        base.Dispose(disposing);
    }

    private static async Task<FileReadStream> OpenOnceAsync(
        IRangeSource source, RetryPolicy retries, StoragePath path, ReadOptions options, CancellationToken cancellationToken)
    {
        if (options.Length != 0)
        {
            var response = await source.OpenRangeAsync(path, options.Offset, options.Length, options.IfMatch, cancellationToken).ConfigureAwait(false);
            if (response is not null)
                return new ResumingReadStream(source, retries, response.Entry, Checked(response, response.Entry, options.Offset), options.Offset, options.Length);
        }
        var entry = await source.FindAsync(path, cancellationToken).ConfigureAwait(false) ?? throw FileSystemException.NotFound(path);
        if (options.IfMatch is { } expected && entry.ETag != expected)
            throw FileSystemException.PreconditionFailed(path, expected);
        if (options.Length != 0 && entry.Length > options.Offset)
            throw new FileSystemException(FileSystemErrorCode.Conflict, $"'{path}' grew while it was being opened; open it again.", path);
        return new ResumingReadStream(source, retries, entry, null, options.Offset, 0);
    }

    /// <summary>As the body reads; what it throws comes out of the task, like everything else that goes wrong with a connection.</summary>
    private ValueTask<int> StartRead(Memory<byte> buffer)
    {
        if (_pending.IsCancellationRequested)
        {
            _pending.Dispose();
            _pending = NewPending();
        }
        try
        {
            return _response?.Body.ReadAsync(buffer, _pending.Token) ?? ReopenAndReadAsync(buffer, _pending.Token);
        }
        catch (Exception e)
        {
            return ValueTask.FromException<int>(e);
        }
    }

    /// <summary>Awaits a read, and resumes for as long as it takes to get a byte; the last one only when the whole is right.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FinishAsync(ValueTask<int> read, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        RetryAttempts? attempts = null;
        while (true)
        {
            Exception? cause = null;
            try
            {
                if (await WaitAsync(read, cancellationToken).ConfigureAwait(false) is > 0 and var count)
                {
                    Advance(buffer.Span[..count]);
                    if (_next == _end && _compares)
                        await CompareAsync(cancellationToken).ConfigureAwait(false);
                    return count;
                }
            }
            catch (Exception e) when (e is not (OperationCanceledException or FileSystemException) && cancellationToken.IsCancellationRequested && _next < _end)
            {
                throw TransportErrors.Cancelled(e, cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && _next < _end)
            {
                cause = e;
            }
            attempts ??= _retries.Start();
            Drop(cause, attempts);
            await attempts.WaitAsync(cancellationToken).ConfigureAwait(false);
            read = StartRead(buffer);
        }
    }

    /// <summary>Awaits a read for as long as a connection may stand still.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(ValueTask<int> read, CancellationToken cancellationToken)
    {
        if (read.IsCompleted)
            return await read.ConfigureAwait(false);
        var pending = _pending;
        using var registration = cancellationToken.UnsafeRegister(static pending => ((CancellationTokenSource)pending!).Cancel(), pending);
        pending.CancelAfter(_retries.Options.AttemptTimeout);
        var count = await read.ConfigureAwait(false);
        pending.CancelAfter(Timeout.InfiniteTimeSpan);
        return count;
    }

    private async ValueTask<int> ReopenAndReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _response = await ReopenAsync(cancellationToken).ConfigureAwait(false);
        return await _response.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    private int Advance(ReadOnlySpan<byte> bytes)
    {
        _next += bytes.Length;
        if (_compares)
            _checksum = Crc32C.Append(_checksum, bytes);
        return bytes.Length;
    }

    private async Task CompareAsync(CancellationToken cancellationToken)
    {
        var expected = _expectedChecksum ?? await _source.FindChecksumAsync(Entry, cancellationToken).ConfigureAwait(false);
        if (expected is { } known && known != _checksum)
        {
            throw new FileSystemException(
                FileSystemErrorCode.Corrupt, $"The bytes of '{Entry.Path}' have the CRC-32C {_checksum:x8}; they were written with {known:x8}.", Entry.Path);
        }
    }

    private async Task<RangeResponse> ReopenAsync(CancellationToken cancellationToken)
    {
        var response = await _source.OpenRangeAsync(Entry.Path, _next, _end - _next, Entry.ETag, cancellationToken).ConfigureAwait(false)
            ?? throw new FileChangedException(Entry.Path);
        return Checked(response, Entry, _next);
    }

    private static RangeResponse Checked(RangeResponse response, FileEntry expected, long offset)
    {
        if (response.Offset == offset && response.Entry.Length == expected.Length && response.Entry.ETag == expected.ETag)
            return response;
        response.Request.Dispose();
        throw new FileSystemException(FileSystemErrorCode.Corrupt, $"Bytes from {offset} on of '{expected.Path}' were asked for, other ones came back.", expected.Path);
    }

    /// <summary>Ends the request that failed; throws unless another one may follow.</summary>
    private void Drop(Exception? cause, RetryAttempts attempts)
    {
        EndRequest();
        if (cause is null)
        {
            cause = new EndOfStreamException($"The body ended {_end - _next} bytes early.");
            if (attempts.MayGoOn())
                return;
            throw new FileSystemException(FileSystemErrorCode.Unavailable, $"The connection that '{Entry.Path}' is read over drops again and again.", Entry.Path, cause);
        }
        var error = cause as FileSystemException ?? _source.Translate(Entry.Path, cause);
        if (error.Code is FileSystemErrorCode.PreconditionFailed or FileSystemErrorCode.NotFound)
            throw new FileChangedException(Entry.Path, error);
        if (!error.IsTransient || !attempts.MayGoOn())
            throw error;
    }

    private void EndRequest()
    {
        _response?.Request.Dispose();
        _response = null;
    }

    private CancellationTokenSource NewPending() => new(Timeout.InfiniteTimeSpan, _retries.Time);
}
