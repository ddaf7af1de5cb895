namespace Cairn.FileSystems.Downloads;

/// <summary>Writes the parts to a stream in their order, while those behind are on their way.</summary>
internal sealed class DownloadInOrder : IAsyncDisposable
{
    private readonly DownloadParts _parts;
    private readonly CancellationTokenSource _stop;
    private readonly Queue<Task<ArraySegment<byte>>> _onTheirWay = new();
    private readonly Stack<byte[]> _buffers = new();

    private DownloadInOrder(DownloadParts parts, CancellationToken cancellationToken)
    {
        _parts = parts;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    public static async Task RunAsync(DownloadParts parts, Stream destination, int parallelism, CancellationToken cancellationToken)
    {
        var download = new DownloadInOrder(parts, cancellationToken);
        await using (download.ConfigureAwait(false))
            await download.RunAsync(destination, parallelism, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await ((Task)Task.WhenAll(_onTheirWay)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task RunAsync(Stream destination, int parallelism, CancellationToken cancellationToken)
    {
        foreach (var offset in _parts.Offsets())
        {
            if (_onTheirWay.Count == parallelism)
                await WriteOldestAsync(destination, cancellationToken).ConfigureAwait(false);
            _onTheirWay.Enqueue(ReadAsync(offset));
        }
        while (_onTheirWay.Count > 0)
            await WriteOldestAsync(destination, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteOldestAsync(Stream destination, CancellationToken cancellationToken)
    {
        var bytes = await _onTheirWay.Peek().ConfigureAwait(false);
        _ = _onTheirWay.Dequeue();
        await destination.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
        if (bytes.Array!.Length == _parts.Size)
            _buffers.Push(bytes.Array);
    }

    private async Task<ArraySegment<byte>> ReadAsync(long offset)
    {
        var length = _parts.LengthOf(offset);
        var bytes = new ArraySegment<byte>(_buffers.TryPop(out var used) ? used : GC.AllocateUninitializedArray<byte>(length), 0, length);
        await _parts.ReadAsync(offset, async stream => await stream.ReadExactlyAsync(bytes, _stop.Token).ConfigureAwait(false), _stop.Token).ConfigureAwait(false);
        return bytes;
    }
}
