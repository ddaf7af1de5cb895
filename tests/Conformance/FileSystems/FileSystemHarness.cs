using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems;

/// <summary>
/// What a provider's tests implement so that <see cref="FileSystemConformance"/> can run on it: a store for one case, with nothing in <see cref="Directory"/>.
/// What a store cannot do is said by its <see cref="FileSystemCapabilities"/>; the hooks are for what cannot be reached through <see cref="IFileSystem"/>.
/// </summary>
public abstract class FileSystemHarness : IAsyncDisposable
{
    /// <summary>The file system that is looked at. The harness disposes it; cases do not.</summary>
    public abstract IFileSystem FileSystem { get; }

    /// <summary>A directory of this case alone, not there yet, not the root.</summary>
    public abstract StoragePath Directory { get; }

    /// <summary>A length that the store takes in several parts, at least 64 KiB; just above one part is right.</summary>
    public virtual long LargeLength => 256 * 1024 + 1;

    /// <summary>The longest name between two slashes, in UTF-8 bytes.</summary>
    public virtual int LongestName => 250;

    /// <summary>Another instance on the same store, as another process would have it; the case disposes it.</summary>
    public abstract IFileSystem OpenAnother();

    /// <summary>Stores an object under a raw key below the root, past the file system; false when the store cannot have such a key.</summary>
    public virtual Task<bool> TryPlantAsync(string key, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>Leaves behind what a writer of <paramref name="path"/> leaves that is killed before its commit; false when nothing stays or it cannot be staged.</summary>
    public virtual Task<bool> TryAbandonAsync(StoragePath path, CancellationToken cancellationToken) => Task.FromResult(false);

    /// <summary>A file system whose bucket or container does not exist; null when there is no such thing. The case disposes it.</summary>
    public virtual IFileSystem? OpenMissing() => null;

    /// <summary>A file system whose credentials are wrong or allow nothing; null when there is no such thing. The case disposes it.</summary>
    public virtual IFileSystem? OpenForbidden() => null;

    /// <summary>Disposes the file system and removes what the case left.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        await FileSystem.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
