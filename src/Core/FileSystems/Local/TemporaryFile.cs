using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local;

/// <summary>A file that is being written beside its target, until it is published or discarded. Disposing frees handles and removes nothing. Not thread safe.</summary>
internal abstract class TemporaryFile : IDisposable
{
    private const int CopyBufferSize = 1024 * 1024;

    /// <summary>Where the bytes go.</summary>
    public abstract SafeFileHandle Handle { get; }

    /// <summary>Puts the file under its name in one atomic step and returns its entry. Cancellation has an effect before that step only.</summary>
    public abstract Task<FileEntry> PublishAsync(WriteMode mode, CancellationToken cancellationToken);

    /// <summary>Copies <paramref name="length"/> bytes from the start of <paramref name="source"/>; returns how many there were.</summary>
    public abstract long CopyFrom(SafeFileHandle source, long length, CancellationToken cancellationToken);

    /// <summary>Removes it; called at most once, and not after it was published.</summary>
    public abstract void Discard();

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary><see cref="CopyFrom"/> where the system has no call for it.</summary>
    protected long CopyThroughMemory(SafeFileHandle source, long length, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBufferSize);
        try
        {
            var copied = 0L;
            while (copied < length && RandomAccess.Read(source, buffer.AsSpan(0, (int)Math.Min(buffer.Length, length - copied)), copied) is var read and > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                RandomAccess.Write(Handle, buffer.AsSpan(0, read), copied);
                copied += read;
            }
            return copied;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
