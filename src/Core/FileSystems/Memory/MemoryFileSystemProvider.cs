namespace Cairn.FileSystems.Memory;

/// <summary>
/// <c>memory:</c>: one <see cref="MemoryStore.Named"/> store an authority, shared by everyone in this process who names it, and so alive longer than any
/// registry: a job that is stopped and started again in one process finds its files.
/// </summary>
/// <param name="timeProvider">What the files' times are taken from; the system's clock by default.</param>
public sealed class MemoryFileSystemProvider(TimeProvider? timeProvider = null) : IFileSystemProvider
{
    /// <summary>The scheme: <c>memory</c>.</summary>
    public const string Scheme = "memory";

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; } = [Scheme];

    /// <inheritdoc/>
    public IFileSystem Create(StoragePath root)
    {
        ArgumentNullException.ThrowIfNull(root);
        return new MemoryFileSystem(root, MemoryStore.Named(root.Authority ?? ""), timeProvider);
    }
}
