using System.Collections.Concurrent;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;
using Cairn.FileSystems.Layers;

namespace Cairn.Tests.Checkpoints;

/// <summary>A store that takes files in parts and, unless it is told a limit, publishes them under a condition whatever their length.</summary>
/// <param name="inner">Where the files end.</param>
/// <param name="partSize">Bytes of a part.</param>
/// <param name="maxConditionalLength">The longest file that it publishes under a condition.</param>
internal sealed class PartedStore(IFileSystem inner, int partSize, long? maxConditionalLength = null) : FileSystemLayer(inner)
{
    /// <summary>How many files were completed from how many parts each.</summary>
    public ConcurrentQueue<(StoragePath Path, int Parts)> Completed { get; } = new();

    public override FileSystemCapabilities Capabilities => base.Capabilities with { SingleRequestLength = partSize, MaxConditionalLength = maxConditionalLength };

    public override Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult<FileWriter>(new Writer(this, path, options ?? new()));

    private Task<FileEntry> PublishAsync(StoragePath path, byte[] bytes, WriteMode mode, CancellationToken cancellationToken) =>
        Inner.WriteAllBytesAsync(path, bytes, mode, cancellationToken);

    private sealed class Writer(PartedStore store, StoragePath path, WriteOptions options)
        : PartedFileWriter(path, new PartedWriteOptions { PartSize = store.Capabilities.SingleRequestLength is { } size ? (int)size : 0, GrowParts = false })
    {
        private readonly ConcurrentDictionary<int, byte[]> _parts = new();

        protected override Task<FileEntry> PutAsync(UploadContent content, CancellationToken cancellationToken) =>
            store.PublishAsync(Path, Read(content), options.Mode, cancellationToken);

        protected override Task BeginAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        protected override Task<string> UploadPartAsync(int index, UploadContent content, CancellationToken cancellationToken)
        {
            _parts[index] = Read(content);
            return Task.FromResult($"{index}");
        }

        protected override Task<FileEntry> CompleteAsync(IReadOnlyList<string> parts, long length, CancellationToken cancellationToken)
        {
            store.Completed.Enqueue((Path, parts.Count));
            return store.PublishAsync(Path, [.. Enumerable.Range(0, parts.Count).SelectMany(index => _parts[index])], options.Mode, cancellationToken);
        }

        protected override Task AbortAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        private static byte[] Read(UploadContent content)
        {
            using var bytes = new MemoryStream();
            using var stream = content.OpenRead();
            stream.CopyTo(bytes);
            return bytes.ToArray();
        }
    }
}
