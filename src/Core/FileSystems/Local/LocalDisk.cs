using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local;

/// <summary>
/// What this machine's operating system does: the one place where systems differ. Calls block, as the systems' do; the caller decides on which thread.
/// Thread safe. Everything it throws is a <see cref="FileSystemException"/> with the path and the system's own words.
/// </summary>
internal abstract class LocalDisk
{
    /// <summary>What is said of it to users.</summary>
    public abstract FileSystemCapabilities Capabilities { get; }

    /// <summary>The disk of this machine.</summary>
    public static LocalDisk Create(LocalFileSystemOptions options, TimeProvider time) =>
        OperatingSystem.IsLinux() && Environment.Is64BitProcess ? new Linux.LinuxDisk(options, time) : new Portable.PortableDisk(options);

    /// <summary>The file or the directory at <paramref name="path"/>, or null when nothing is there.</summary>
    public abstract FileEntry? Find(LocalPath path);

    /// <summary>Opens a regular file for reading; the entry describes what was opened, not what the path leads to by then.</summary>
    public abstract (SafeFileHandle Handle, FileEntry Entry) OpenRead(LocalPath path);

    /// <summary>Describes an open file again.</summary>
    public abstract FileEntry Describe(SafeFileHandle handle, LocalPath path);

    /// <summary>
    /// Whether an open file has the content that <paramref name="entry"/> describes. Not a question of the ETag: without an id of its own, that
    /// changes also when the name is taken away from the file, which its readers shall not mind.
    /// </summary>
    public virtual bool IsUnchanged(SafeFileHandle handle, LocalPath path, FileEntry entry)
    {
        var now = Describe(handle, path);
        return now.Length == entry.Length && now.LastModified == entry.LastModified;
    }

    /// <summary>Reads what the system has in memory, without waiting for the disk; −1 when that is nothing, or when the system cannot tell.</summary>
    public virtual int ReadAtOnce(SafeFileHandle handle, Span<byte> buffer, long offset) => -1;

    /// <summary>Makes the directories that <paramref name="target"/> needs and a temporary file beside it.</summary>
    public abstract TemporaryFile CreateTemporary(LocalPath target);

    /// <summary>What lies in a directory, in constant memory; nothing when it is absent. Leaves temporary files out, and what vanishes meanwhile.</summary>
    public abstract IEnumerable<FileEntry> List(LocalPath directory, bool recursive);

    /// <summary>Makes a directory and its parents.</summary>
    public abstract void CreateDirectory(LocalPath directory);

    /// <summary>Removes files and empty directories in the order given, with a result for each.</summary>
    public abstract Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyList<LocalPath> paths, CancellationToken cancellationToken);

    /// <summary>Removes the temporary files below <paramref name="directory"/> that were last written before <paramref name="before"/> and whose writer is gone.</summary>
    public abstract SweepResult Sweep(LocalPath directory, DateTimeOffset before, CancellationToken cancellationToken);
}
