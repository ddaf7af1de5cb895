using Cairn.Conformance.FileSystems;
using Cairn.FileSystems;
using Cairn.FileSystems.Memory;

namespace Cairn.Tests.FileSystems.Memory;

/// <summary>A store of its own for each case, behind any layers.</summary>
internal sealed class MemoryHarness : FileSystemHarness
{
    private static readonly StoragePath Root = StoragePath.Parse("memory://bucket/");

    private readonly MemoryStore _store = new();
    private readonly Func<IFileSystem, IFileSystem> _decorate;

    public MemoryHarness(Func<IFileSystem, IFileSystem>? decorate = null)
    {
        _decorate = decorate ?? (fileSystem => fileSystem);
        FileSystem = OpenAnother();
    }

    public override IFileSystem FileSystem { get; }

    public override StoragePath Directory { get; } = Root / "conformance" / "case";

    public override IFileSystem OpenAnother() => _decorate(new MemoryFileSystem(Root, _store));

    public override Task<bool> TryPlantAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _store.Put(key, bytes.Span, DateTimeOffset.UnixEpoch);
        return Task.FromResult(true);
    }
}
