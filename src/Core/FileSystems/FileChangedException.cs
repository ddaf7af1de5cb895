namespace Cairn.FileSystems;

/// <summary>The file was replaced or removed while it was being read; the bytes that were handed out are all of the version that was opened.</summary>
public sealed class FileChangedException : FileSystemException
{
    /// <summary>Makes one for <paramref name="path"/>.</summary>
    public FileChangedException(StoragePath path, Exception? innerException = null)
        : base(FileSystemErrorCode.Changed, $"'{path}' changed while it was being read; open it again to read the new version.", path, innerException)
    {
    }
}
