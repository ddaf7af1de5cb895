namespace Cairn.FileSystems;

/// <summary>
/// What a file system offers beside <see cref="IFileSystem"/> whose store can copy from another file system on it, one container to the other of an account,
/// without the bytes passing through this process. <see cref="FileSystemTransferExtensions.CopyToAsync"/> asks for it. A wrapper offers it only when it
/// changes no byte, and hands it on.
/// </summary>
public interface IPeerCopy
{
    /// <summary>The file system itself, without what is wrapped around it: what another one knows its own kind by.</summary>
    IFileSystem Unwrapped { get; }

    /// <summary>Whether a copy from <paramref name="peer"/> is worth trying. No request.</summary>
    /// <param name="peer">The <see cref="Unwrapped"/> source.</param>
    bool CanCopyFrom(IFileSystem peer);

    /// <summary>As <see cref="IFileSystem.CopyAsync"/>, with the source on <paramref name="peer"/>.</summary>
    /// <exception cref="FileSystemException">
    /// <see cref="FileSystemErrorCode.NotSupported"/>: the store will not copy between the two, and nothing was published. Else as <see cref="IFileSystem.CopyAsync"/>.
    /// </exception>
    Task<FileEntry> CopyFromAsync(IFileSystem peer, StoragePath source, StoragePath destination, CopyOptions? options = null, CancellationToken cancellationToken = default);
}
