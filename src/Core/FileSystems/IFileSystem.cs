namespace Cairn.FileSystems;

/// <summary>
/// The one plug: what a store has to do so that checkpoints can lie on it. Everything convenient is an extension method on top of these members.
/// Follows Flink's <c>FileSystem</c>, with the contract that object stores need. Thread safe; the streams and writers it opens are not.
/// </summary>
/// <remarks>
/// Every path has this file system's scheme and authority and is absolute, else <see cref="FileSystemErrorCode.InvalidPath"/>; nothing is sent then.
/// A null path is an <see cref="ArgumentNullException"/>. After disposal every member throws <see cref="ObjectDisposedException"/>.
/// </remarks>
public interface IFileSystem : IAsyncDisposable
{
    /// <summary>The root that every path of this file system lies below: its scheme and authority, and <c>/</c>.</summary>
    StoragePath Root { get; }

    /// <summary>What this store can do where stores differ. A wrapper hides none of it.</summary>
    FileSystemCapabilities Capabilities { get; }

    /// <summary>
    /// The entry of a file, or null when it is absent. One request. Absent is the only reason for null: a missing bucket, a refusal or a time-out throws.
    /// </summary>
    Task<FileEntry?> FindAsync(StoragePath path, FindOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// A forward stream over a file or a range of it; the request is made here, so an absent file throws <see cref="FileSystemErrorCode.NotFound"/> here.
    /// The stream is pinned to the version that it first saw and resumes after a dropped connection; see <see cref="FileReadStream"/>.
    /// </summary>
    Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>A writer whose file appears, whole, when it is committed; see <see cref="FileWriter"/>. Parents need not exist.</summary>
    Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// What lies in a directory, page by page in constant memory, in no promised order. An absent directory is empty; a missing bucket throws.
    /// <c>chk-1</c> never lists <c>chk-10</c>. Files that are being written are not listed.
    /// </summary>
    IAsyncEnumerable<FileEntry> ListAsync(StoragePath directory, ListOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes files in as few requests as the store allows (<see cref="FileSystemCapabilities.DeleteBatchSize"/>), with a result for each path, in the order given.
    /// A missing file is success. A directory goes only where directories are real and only when it is empty; otherwise it is left, which is success too.
    /// Takes paths that are not addressable.
    /// </summary>
    Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default);

    /// <summary>Copies a file of this file system to another path of it, on the store's side where it can; the copy appears whole. Returns the destination's entry.</summary>
    Task<FileEntry> CopyAsync(StoragePath source, StoragePath destination, CopyOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Makes sure that a directory can be written to: a real directory on a disk, no request and no marker object elsewhere. Always allowed, costs what it costs.</summary>
    Task CreateDirectoryAsync(StoragePath directory, CancellationToken cancellationToken = default);

    /// <summary>Removes what killed writers left below <paramref name="directory"/> (temporary files, unfinished uploads); never a committed file.</summary>
    Task<SweepResult> SweepAbandonedAsync(StoragePath directory, SweepOptions? options = null, CancellationToken cancellationToken = default);
}
