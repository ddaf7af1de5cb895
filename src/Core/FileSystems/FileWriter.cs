using System.Runtime.CompilerServices;

namespace Cairn.FileSystems;

/// <summary>
/// Writes one file that appears, whole, when <see cref="CommitAsync"/> returns; until then nothing is visible under its name.
/// Disposing without a commit discards everything, in bounded time, and never throws. Memory is bounded whatever the length. Not thread safe.
/// </summary>
/// <remarks>
/// A commit ends in one of three ways. Committed: it returns the entry. Refused: it throws, and nothing was or will be published.
/// Unknown: it throws <see cref="FileSystemErrorCode.OutcomeUnknown"/>; nothing is deleted then.
/// Providers derive from it (or from a driver such as <c>PartedFileWriter</c>) and implement the four steps; the states are kept here, once.
/// </remarks>
public abstract class FileWriter : IAsyncDisposable
{
    private static readonly TimeSpan DiscardTimeout = TimeSpan.FromSeconds(30);

    private readonly TimeProvider _time;
    private State _state;
    private Exception? _failedWrite;
    private WriterStream? _stream;

    /// <summary>For providers.</summary>
    /// <param name="path">The path that the file will have.</param>
    /// <param name="timeProvider">Bounds how long a discard may take.</param>
    protected FileWriter(StoragePath path, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        Path = path;
        _time = timeProvider ?? TimeProvider.System;
    }

    private enum State
    {
        Open,
        Committing,
        Committed,
        Refused,
        Unknown,
        Disposed,
    }

    /// <summary>The path that the file will have.</summary>
    public StoragePath Path { get; }

    /// <summary>How many bytes were written so far.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// Where the bytes go; the same stream each time. Another stream may wrap it (compression, text): disposing it publishes nothing and discards nothing.
    /// A synchronous write copies into the buffer and waits only when the writer is behind; a flush does nothing.
    /// </summary>
    public Stream Stream => _stream ??= new WriterStream(this);

    /// <summary>Publishes the file under <see cref="Path"/>, in one atomic step, and returns its entry.</summary>
    /// <exception cref="FileSystemException">
    /// <see cref="FileSystemErrorCode.AlreadyExists"/>, <see cref="FileSystemErrorCode.PreconditionFailed"/>, <see cref="FileSystemErrorCode.Conflict"/> and every other code but one: refused.
    /// <see cref="FileSystemErrorCode.OutcomeUnknown"/>: unknown.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled before anything was sent that could publish the file: nothing was or will be published.</exception>
    /// <exception cref="InvalidOperationException">Already committed, or an earlier write failed.</exception>
    public async Task<FileEntry> CommitAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessOpen();
        if (_failedWrite is not null)
            throw new InvalidOperationException($"A write to '{Path}' failed, so the file is not whole and cannot be committed.", _failedWrite);
        cancellationToken.ThrowIfCancellationRequested();
        _state = State.Committing;
        try
        {
            var entry = await CommitCoreAsync(cancellationToken).ConfigureAwait(false);
            _state = State.Committed;
            return entry;
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.OutcomeUnknown)
        {
            _state = State.Unknown;
            throw;
        }
        catch
        {
            _state = State.Refused;
            throw;
        }
    }

    /// <summary>Discards what was not committed. Never throws; after an unknown outcome it deletes nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_state == State.Disposed)
            return;
        var discard = _state is State.Open or State.Refused;
        _state = State.Disposed;
        try
        {
            if (discard)
                await DiscardInBoundedTimeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Whatever it was: what could not be discarded was never visible, and the sweep finds it. A dispose that throws would hide why it was called.
        }
        finally
        {
            await ReleaseAsync().ConfigureAwait(false);
            GC.SuppressFinalize(this);
        }
    }

    /// <summary>Takes bytes without blocking longer than the writer is behind.</summary>
    protected abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Takes bytes; <paramref name="bytes"/> may be used by the caller again when the task has ended.</summary>
    protected abstract ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>
    /// Publishes. Throws <see cref="OperationCanceledException"/> only when nothing was and nothing will be published;
    /// once a publishing request was sent, cancellation shortens the wait for its outcome and nothing else.
    /// </summary>
    protected abstract Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken);

    /// <summary>Removes what was written; called at most once, for a writer that was not committed, before <see cref="ReleaseAsync"/>. May throw <see cref="IOException"/>.</summary>
    protected abstract ValueTask DiscardAsync(CancellationToken cancellationToken);

    /// <summary>Frees buffers and handles; called exactly once, last, whatever happened. Must not throw.</summary>
    protected virtual ValueTask ReleaseAsync() => ValueTask.CompletedTask;

    internal void Write(ReadOnlySpan<byte> bytes)
    {
        ThrowUnlessWritable();
        try
        {
            Append(bytes);
        }
        catch (Exception e)
        {
            _failedWrite = e;
            throw;
        }
        Position += bytes.Length;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        ThrowUnlessWritable();
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await AppendAsync(bytes, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _failedWrite = e;
            throw;
        }
        Position += bytes.Length;
    }

    private async Task DiscardInBoundedTimeAsync()
    {
        using var timeout = new CancellationTokenSource(DiscardTimeout, _time);
        await DiscardAsync(timeout.Token).AsTask().WaitAsync(timeout.Token).ConfigureAwait(false);
    }

    private void ThrowUnlessWritable()
    {
        ThrowUnlessOpen();
        if (_failedWrite is not null)
            throw new InvalidOperationException($"A write to '{Path}' failed before; the file can only be discarded.", _failedWrite);
    }

    private void ThrowUnlessOpen()
    {
        ObjectDisposedException.ThrowIf(_state == State.Disposed, this);
        if (_state != State.Open)
            throw new InvalidOperationException($"The writer of '{Path}' was committed already; its commit ended as {_state}.");
    }
}
