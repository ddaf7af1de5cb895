using Cairn.Conformance.FileSystems;
using Cairn.FileSystems;
using Cairn.FileSystems.Local;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>A directory of its own for each case.</summary>
/// <param name="options">How the file system works.</param>
internal sealed class LocalHarness(LocalFileSystemOptions? options = null) : FileSystemHarness
{
    private readonly string _native = System.IO.Directory.CreateTempSubdirectory("cairn-conformance-").FullName;

    public override IFileSystem FileSystem { get; } = new LocalFileSystem(options);

    public override StoragePath Directory => StoragePath.FromLocal(_native) / "case";

    public override IFileSystem OpenAnother() => new LocalFileSystem(options);

    /// <summary>A name with a backslash or a blank at its end is a file's name on Linux, and no path's.</summary>
    public override async Task<bool> TryPlantAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows() || key.Split('/').Any(segment => segment is "" or "." or ".."))
            return false;
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName("/" + key)!);
        await File.WriteAllBytesAsync("/" + key, bytes, cancellationToken);
        return true;
    }

    public override async Task<bool> TryAbandonAsync(StoragePath path, CancellationToken cancellationToken)
    {
        System.IO.Directory.CreateDirectory(path.Parent!.Path);
        await File.WriteAllTextAsync($"{path.Parent}/.{Guid.NewGuid():N}.cairn-tmp"["file:".Length..], "half a file", cancellationToken);
        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        System.IO.Directory.Delete(_native, recursive: true);
    }
}
