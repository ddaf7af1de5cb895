using Cairn.FileSystems;

namespace Cairn.Conformance.Checkpoints;

/// <summary>Hands one file system to whoever asks for its scheme, as a process has it.</summary>
public sealed class StoreProvider(IFileSystem fileSystem) : IFileSystemProvider
{
    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; } = [fileSystem.Root.Scheme!];

    /// <inheritdoc/>
    public IFileSystem Create(StoragePath root) => fileSystem;

    /// <summary>The registry of a process whose only store is <paramref name="fileSystem"/>; owns it.</summary>
    public static FileSystemRegistry RegistryOf(IFileSystem fileSystem) => new([new StoreProvider(fileSystem)]);
}
