namespace Cairn.FileSystems.Drivers;

/// <summary>
/// A writer for stores that take a file either whole or in parts: up to one part is one request, a longer file of any length is sent in parts
/// while the caller goes on writing, inside a memory budget. A provider implements the five requests.
/// </summary>
/// <remarks>
/// A part that fails ends the writer: the next write and the commit throw its error. A discard stops the parts in flight, waits for them and then aborts.
/// </remarks>
public abstract class PartedFileWriter : FileWriter
{
    private static readonly TimeSpan PartsEndWithin = TimeSpan.FromSeconds(10);

    private readonly PartPlan _plan;
    private readonly TimeProvider _time;
    private readonly List<Task<string>> _parts = [];

    // Made with the first part that is sent: most files are one request and need neither.
    private SemaphoreSlim? _slots;
    private CancellationTokenSource? _stop;
    private Task? _begun;
    private PartBuffer? _filling;
    private FileSystemException? _failure;

    /// <summary>For providers.</summary>
    /// <param name="path">The path that the file will have.</param>
    /// <param name="options">Part sizes and the memory budget.</param>
    /// <param name="lengthHint">The length if it is known.</param>
    /// <param name="timeProvider">Bounds how long a discard may take.</param>
    protected PartedFileWriter(StoragePath path, PartedWriteOptions options, long? lengthHint = null, TimeProvider? timeProvider = null)
        : base(path, timeProvider)
    {
        ArgumentNullException.ThrowIfNull(options);
        _plan = new PartPlan(options, lengthHint);
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Publishes a file of one part with one request.</summary>
    protected abstract Task<FileEntry> PutAsync(UploadContent content, CancellationToken cancellationToken);

    /// <summary>Prepares an upload in parts; called once, before the first part.</summary>
    protected abstract Task BeginAsync(CancellationToken cancellationToken);

    /// <summary>Sends a part, again if it has to be; called in parallel. Returns what <see cref="CompleteAsync"/> needs to name it.</summary>
    /// <exception cref="FileSystemException">The part cannot be sent; the writer fails with this error.</exception>
    protected abstract Task<string> UploadPartAsync(int index, UploadContent content, CancellationToken cancellationToken);

    /// <summary>Publishes the file of these parts, <paramref name="length"/> bytes in all.</summary>
    protected abstract Task<FileEntry> CompleteAsync(IReadOnlyList<string> parts, long length, CancellationToken cancellationToken);

    /// <summary>Gives an upload in parts up; called after its parts in flight have ended, and once more when some were cut off, which the store may still have been taking in.</summary>
    protected abstract Task AbortAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ThrowIfFailed();
            var slots = MakeRoom();
            for (; slots > 0; slots--)
                _slots!.Wait(CancellationToken.None);
            bytes = bytes[Fill(bytes)..];
        }
    }

    /// <inheritdoc/>
    protected sealed override ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (_failure is not null || _filling is null || _filling.Free < bytes.Length)
            return AppendSlowlyAsync(bytes, cancellationToken);
        _filling.Append(bytes.Span);
        return default;
    }

    /// <inheritdoc/>
    protected sealed override Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken) =>
        _begun is null ? PutAsync(_filling ?? UploadContent.Empty, cancellationToken) : CommitPartsAsync(cancellationToken);

    /// <inheritdoc/>
    protected sealed override async ValueTask DiscardAsync(CancellationToken cancellationToken)
    {
        if (_begun is null)
            return;
        await _stop!.CancelAsync().ConfigureAwait(false);
        var ended = Task.WhenAll([_begun, .. _parts]);
        await ended.WaitAsync(PartsEndWithin, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_begun.IsCompletedSuccessfully)
            return;
        await AbortAsync(cancellationToken).ConfigureAwait(false);
        if (!_parts.TrueForAll(part => part.IsCompletedSuccessfully))
            await AbortAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override ValueTask ReleaseAsync()
    {
        _filling?.Dispose();
        return default;
    }

    private async Task<FileEntry> CommitPartsAsync(CancellationToken cancellationToken)
    {
        if (_filling is not null)
            Ship();
        string[] parts;
        try
        {
            parts = await Task.WhenAll(_parts).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw _failure ?? e;
        }
        return await CompleteAsync(parts, Position, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask AppendSlowlyAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            ThrowIfFailed();
            var slots = MakeRoom();
            for (; slots > 0; slots--)
                await _slots!.WaitAsync(cancellationToken).ConfigureAwait(false);
            bytes = bytes[Fill(bytes.Span)..];
        }
    }

    /// <summary>Sends the part that is full, now that there is more to come; how many slots the next one has to wait for. The first waits for none.</summary>
    private int MakeRoom()
    {
        if (_filling is { Free: 0 })
            Ship();
        return _filling is null && _parts.Count > 0 ? _plan.SlotsOf(_parts.Count) : 0;
    }

    private int Fill(ReadOnlySpan<byte> bytes)
    {
        _filling ??= NewBuffer();
        var count = Math.Min(bytes.Length, _filling.Free);
        _filling.Append(bytes[..count]);
        return count;
    }

    private PartBuffer NewBuffer()
    {
        var size = _plan.SizeOf(_parts.Count)
            ?? throw FileSystemException.NotSupported(Path, $"'{Path}' is longer than {_parts.Count} parts allow; announce its length with WriteOptions.LengthHint or raise the part size.");
        return _parts.Count == 0 ? new PartBuffer(size) : new PartBuffer(size, PartBuffer.LargestChunk);
    }

    private void Ship()
    {
        _stop ??= new CancellationTokenSource();
        _slots ??= new SemaphoreSlim(_plan.Slots - _plan.SlotsOf(0));
        _begun ??= BeginAsync(_stop.Token);
        _parts.Add(UploadAsync(_parts.Count, _filling!));
        _filling = null;
    }

    private async Task<string> UploadAsync(int index, PartBuffer buffer)
    {
        // Signing reads the whole part; the caller goes on meanwhile.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await _begun!.ConfigureAwait(false);
            return await UploadPartAsync(index, buffer, _stop!.Token).ConfigureAwait(false);
        }
        catch (FileSystemException e)
        {
            Interlocked.CompareExchange(ref _failure, e, null);
            await _stop!.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            buffer.Dispose();
            _slots!.Release(_plan.SlotsOf(index));
        }
    }

    private void ThrowIfFailed()
    {
        if (_failure is { } failure)
            throw new FileSystemException(failure.Code, failure.Message, failure.Path, failure) { RequestId = failure.RequestId };
    }
}
