namespace Cairn.FileSystems.Layers;

/// <summary>
/// Limits how many files are open at once: a read counts until its stream is disposed, a write until its writer is. Who comes too many waits for its turn,
/// in order, and fails with <see cref="FileSystemErrorCode.Throttled"/> when that takes longer than <see cref="ConcurrencyLimits.WaitTimeout"/>.
/// Verbs that leave nothing open are not limited. Thread safe. Follows Flink's <c>LimitedConnectionsFileSystem</c>.
/// </summary>
public sealed class ConcurrencyLimitLayer : FileSystemLayer, IPeerCopy
{
    private readonly ConcurrencyGate _gate;

    /// <summary>Wraps <paramref name="inner"/>.</summary>
    /// <param name="inner">What is limited; disposed with the layer.</param>
    /// <param name="limits">How many.</param>
    /// <param name="timeProvider">Measures the waiting; the system's clock by default.</param>
    /// <exception cref="ArgumentOutOfRangeException">A limit below 1 or a negative time-out.</exception>
    public ConcurrencyLimitLayer(IFileSystem inner, ConcurrencyLimits limits, TimeProvider? timeProvider = null)
        : base(inner) => _gate = new ConcurrencyGate(ConcurrencyLimits.Checked(limits), timeProvider ?? TimeProvider.System);

    /// <inheritdoc/>
    public override async Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var slot = await _gate.EnterAsync(reading: true, path, cancellationToken).ConfigureAwait(false);
        try
        {
            return new LimitedStream(await base.OpenReadAsync(path, options, cancellationToken).ConfigureAwait(false), slot);
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var slot = await _gate.EnterAsync(reading: false, path, cancellationToken).ConfigureAwait(false);
        try
        {
            return new LimitedWriter(await base.OpenWriteAsync(path, options, cancellationToken).ConfigureAwait(false), slot);
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    IFileSystem IPeerCopy.Unwrapped => (Inner as IPeerCopy)?.Unwrapped ?? Inner;

    /// <inheritdoc/>
    bool IPeerCopy.CanCopyFrom(IFileSystem peer) => Inner is IPeerCopy copy && copy.CanCopyFrom(peer);

    /// <inheritdoc/>
    Task<FileEntry> IPeerCopy.CopyFromAsync(IFileSystem peer, StoragePath source, StoragePath destination, CopyOptions? options, CancellationToken cancellationToken) =>
        ((IPeerCopy)Inner).CopyFromAsync(peer, source, destination, options, cancellationToken);

    private sealed class LimitedStream(FileReadStream inner, IDisposable slot) : FileReadStreamLayer(inner)
    {
        protected override void OnDisposed() => slot.Dispose();
    }

    private sealed class LimitedWriter(FileWriter inner, IDisposable slot) : FileWriterLayer(inner)
    {
        protected override async ValueTask ReleaseAsync()
        {
            try
            {
                await base.ReleaseAsync().ConfigureAwait(false);
            }
            finally
            {
                slot.Dispose();
            }
        }
    }
}
