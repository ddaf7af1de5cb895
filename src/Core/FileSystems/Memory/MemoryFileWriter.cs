namespace Cairn.FileSystems.Memory;

/// <summary>Collects the bytes; the commit hands them to the store in one step.</summary>
internal sealed class MemoryFileWriter(MemoryFileSystem fileSystem, StoragePath path, WriteMode mode, TimeProvider timeProvider) : FileWriter(path, timeProvider)
{
    private MemoryContent _content = new();

    protected override void Append(ReadOnlySpan<byte> bytes) => _content.Append(bytes);

    protected override ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _content.Append(bytes.Span);
        return ValueTask.CompletedTask;
    }

    protected override Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken)
    {
        _content.Trim();
        return Task.FromResult(fileSystem.Publish(Path, _content, mode));
    }

    protected override ValueTask DiscardAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    protected override ValueTask ReleaseAsync()
    {
        _content = new();
        return ValueTask.CompletedTask;
    }
}
