namespace Cairn.FileSystems;

/// <summary>How <see cref="FileSystemDownloadExtensions.DownloadAsync"/> reads.</summary>
public sealed record DownloadOptions
{
    /// <summary>Bytes of one request, at least 1. 8 MiB by default.</summary>
    public int PartSize { get; init; } = 8 * 1024 * 1024;

    /// <summary>How many requests run at once, at least 1; this times <see cref="PartSize"/> is what is held in memory. 4 by default.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>The only version to read, an <see cref="FileEntry.ETag"/>; with another one there the download fails with <see cref="FileSystemErrorCode.PreconditionFailed"/>.</summary>
    public string? IfMatch { get; init; }
}

/// <summary>Reading long files over several connections at once, on top of <see cref="IFileSystem"/>.</summary>
public static class FileSystemDownloadExtensions
{
    /// <summary>
    /// Writes one version of a file to <paramref name="destination"/>, in order, while the parts behind are on their way; a file of one part is one request.
    /// Several connections are faster than one where a store limits each. When it fails, a first part of the file may have been written.
    /// </summary>
    /// <returns>The entry of what was read.</returns>
    /// <exception cref="FileChangedException">The file was replaced or removed meanwhile.</exception>
    /// <exception cref="FileSystemException">As <see cref="IFileSystem.OpenReadAsync"/>.</exception>
    public static async Task<FileEntry> DownloadAsync(
        this IFileSystem fileSystem, StoragePath path, Stream destination, DownloadOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(fileSystem);
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PartSize, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Parallelism, 1, nameof(options));
        var first = await fileSystem.OpenReadAsync(path, new() { Length = options.PartSize, IfMatch = options.IfMatch }, cancellationToken).ConfigureAwait(false);
        var download = new Download(fileSystem, first.Entry, options, cancellationToken);
        await using (download.ConfigureAwait(false))
            await download.RunAsync(first, destination).ConfigureAwait(false);
        return first.Entry;
    }

    /// <summary>Parts on their way, in the order of the file, and the buffers that go round.</summary>
    private sealed class Download(IFileSystem fileSystem, FileEntry entry, DownloadOptions options, CancellationToken cancellationToken) : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        private readonly Queue<Task<Memory<byte>>> _parts = new();
        private readonly Stack<byte[]> _buffers = new();
        private long _next;

        public async Task RunAsync(FileReadStream first, Stream destination)
        {
            _parts.Enqueue(ReadAsync(first, NextPart()));
            while (_parts.TryPeek(out var oldest))
            {
                while (_parts.Count < options.Parallelism && _next < entry.Length)
                    _parts.Enqueue(OpenAndReadAsync(_next, NextPart()));
                var bytes = await oldest.ConfigureAwait(false);
                _ = _parts.Dequeue();
                await destination.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
                Recycle(bytes);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(_parts)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }

        private Memory<byte> NextPart()
        {
            var length = (int)Math.Min(options.PartSize, entry.Length - _next);
            _next += length;
            return (_buffers.TryPop(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(length)).AsMemory(0, length);
        }

        private void Recycle(Memory<byte> bytes)
        {
            if (System.Runtime.InteropServices.MemoryMarshal.TryGetArray<byte>(bytes, out var buffer) && buffer.Array!.Length == options.PartSize)
                _buffers.Push(buffer.Array);
        }

        private async Task<Memory<byte>> OpenAndReadAsync(long offset, Memory<byte> buffer)
        {
            try
            {
                var range = new ReadOptions { Offset = offset, Length = buffer.Length, IfMatch = entry.ETag };
                return await ReadAsync(await fileSystem.OpenReadAsync(entry.Path, range, _stop.Token).ConfigureAwait(false), buffer).ConfigureAwait(false);
            }
            catch (FileSystemException e) when (e.Code is FileSystemErrorCode.PreconditionFailed or FileSystemErrorCode.NotFound)
            {
                throw new FileChangedException(entry.Path, e);
            }
        }

        private async Task<Memory<byte>> ReadAsync(FileReadStream stream, Memory<byte> buffer)
        {
            await using (stream.ConfigureAwait(false))
                await stream.ReadExactlyAsync(buffer, _stop.Token).ConfigureAwait(false);
            return buffer;
        }
    }
}
