namespace Cairn.FileSystems.Layers;

/// <summary>The base of wrappers around a writer: hands every step on; the outcome of a commit is the wrapped writer's.</summary>
public abstract class FileWriterLayer : FileWriter
{
    /// <summary>For wrappers.</summary>
    /// <param name="inner">What is wrapped; disposed with the wrapper.</param>
    protected FileWriterLayer(FileWriter inner)
        : base(PathOf(inner)) => Inner = inner;

    /// <summary>What is wrapped.</summary>
    protected FileWriter Inner { get; }

    /// <inheritdoc/>
    protected override void Append(ReadOnlySpan<byte> bytes) => Inner.Stream.Write(bytes);

    /// <inheritdoc/>
    protected override ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => Inner.Stream.WriteAsync(bytes, cancellationToken);

    /// <inheritdoc/>
    protected override Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken) => Inner.CommitAsync(cancellationToken);

    /// <summary>Disposes what is wrapped, which discards or leaves as its own state says.</summary>
    protected override ValueTask DiscardAsync(CancellationToken cancellationToken) => Inner.DisposeAsync();

    /// <summary>Disposes what is wrapped; a second time has no effect there.</summary>
    protected override ValueTask ReleaseAsync() => Inner.DisposeAsync();

    private static StoragePath PathOf(FileWriter inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return inner.Path;
    }
}
