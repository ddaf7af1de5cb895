using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local;

/// <summary>
/// Gathers small writes in one pooled buffer and hands large ones through. A synchronous write is a copy or a plain write into the page cache;
/// an asynchronous one completes at once while it fits into the buffer. Its state is pooled, so that what a file costs to write does not grow with it.
/// The temporary file is made when the first bytes go to it: a writer that is disposed unused has cost the disk nothing.
/// </summary>
internal sealed class LocalFileWriter(LocalPath target, Func<TemporaryFile> createTemporary, WriteMode mode, int bufferSize, TimeProvider time)
    : FileWriter(target.Path, time)
{
    private TemporaryFile? _temporary;
    private byte[]? _buffer;
    private int _buffered;
    private long _written;

    private TemporaryFile Temporary => _temporary ??= createTemporary();

    /// <summary>Fills the file from another one, on the system's side where it can; instead of writing.</summary>
    public long CopyFrom(SafeFileHandle source, long length, CancellationToken cancellationToken) =>
        _written = Temporary.CopyFrom(source, length, cancellationToken);

    protected override void Append(ReadOnlySpan<byte> bytes)
    {
        if (TryBuffer(bytes))
            return;
        try
        {
            Spill(_buffer.AsSpan(0, _buffered));
            _buffered = 0;
            if (!TryBuffer(bytes))
                Spill(bytes);
        }
        catch (Exception e) when (LocalErrors.IsOfDisk(e))
        {
            throw LocalErrors.Translate(e, Path);
        }
    }

    protected override ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        TryBuffer(bytes.Span) ? ValueTask.CompletedTask : AppendPastBufferAsync(bytes, cancellationToken);

    protected override async Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken)
    {
        await AppendPastBufferAsync(ReadOnlyMemory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        await LocalFileSystem.LeaveCaller();
        try
        {
            return await Temporary.PublishAsync(mode, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (LocalErrors.IsOfDisk(e))
        {
            throw LocalErrors.Translate(e, Path);
        }
    }

    protected override ValueTask DiscardAsync(CancellationToken cancellationToken)
    {
        _temporary?.Discard();
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReleaseAsync()
    {
        _temporary?.Dispose();
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        return ValueTask.CompletedTask;
    }

    private bool TryBuffer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > bufferSize - _buffered || bytes.Length == bufferSize)
            return false;
        _buffer ??= ArrayPool<byte>.Shared.Rent(bufferSize);
        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AppendPastBufferAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await SpillAsync(_buffer.AsMemory(0, _buffered), cancellationToken).ConfigureAwait(false);
            _buffered = 0;
            if (!bytes.IsEmpty && !TryBuffer(bytes.Span))
                await SpillAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (LocalErrors.IsOfDisk(e))
        {
            throw LocalErrors.Translate(e, Path);
        }
    }

    private void Spill(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        RandomAccess.Write(Temporary.Handle, bytes, _written);
        _written += bytes.Length;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SpillAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty)
            return;
        await RandomAccess.WriteAsync(Temporary.Handle, bytes, _written, cancellationToken).ConfigureAwait(false);
        _written += bytes.Length;
    }
}
