using Cairn.Conformance.FileSystems;
using Cairn.FileSystems;

namespace Cairn.Conformance.Checkpoints;

/// <summary>A directory of a store that has no hooks: enough for checkpoints.</summary>
/// <param name="open">Opens the store, as another process would.</param>
/// <param name="directory">A directory of this harness alone.</param>
public sealed class StoreHarness(Func<IFileSystem> open, StoragePath directory) : FileSystemHarness
{
    /// <inheritdoc/>
    public override IFileSystem FileSystem { get; } = open();

    /// <inheritdoc/>
    public override StoragePath Directory { get; } = directory;

    /// <inheritdoc/>
    public override IFileSystem OpenAnother() => open();
}
