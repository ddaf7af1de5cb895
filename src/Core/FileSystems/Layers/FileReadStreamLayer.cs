namespace Cairn.FileSystems.Layers;

/// <summary>The base of wrappers around an open file: hands every read on and says once when the stream is disposed.</summary>
public abstract class FileReadStreamLayer : FileReadStream
{
    private bool _disposed;

    /// <summary>For wrappers.</summary>
    /// <param name="inner">What is wrapped; disposed with the wrapper.</param>
    protected FileReadStreamLayer(FileReadStream inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
    }

    /// <inheritdoc/>
    public override FileEntry Entry => Inner.Entry;

    /// <summary>What is wrapped.</summary>
    protected FileReadStream Inner { get; }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Inner.ReadAsync(buffer, cancellationToken);

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => Inner.Read(buffer);

    /// <inheritdoc/>
    public sealed override async ValueTask DisposeAsync()
    {
        try
        {
            if (!_disposed)
                await Inner.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await base.DisposeAsync().ConfigureAwait(false); // disposes the wrapped stream a second time, without effect, and tells the wrapper once
            GC.SuppressFinalize(this);
        }
    }

    /// <inheritdoc/>
    protected sealed override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing || _disposed)
            return;
        _disposed = true;
        try
        {
            Inner.Dispose();
        }
        finally
        {
            OnDisposed();
        }
    }

    /// <summary>Called once, after what is wrapped was disposed, also when that failed. Must not throw.</summary>
    protected abstract void OnDisposed();
}
