using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Linux;

/// <summary>
/// Sees to it that what was done is on the disk. A file is only as durable as every directory above it, and a directory that is there may have been made
/// by another process a moment ago; so the first commit into a directory also syncs those above it, and then remembers. Thread safe.
/// </summary>
internal sealed class LinuxDurability(bool enabled)
{
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<string, bool> _durable = new(StringComparer.Ordinal);

    /// <summary>A directory was made anew: what is remembered of its path does not hold any more.</summary>
    public void Forget(string directory) => _durable.TryRemove(directory, out _);

    /// <summary>Syncs a file's bytes; throws when that fails, for then they may be lost.</summary>
    public void SyncFile(SafeFileHandle file, StoragePath path)
    {
        if (enabled && Libc.Sync(file) < 0)
            throw LinuxErrors.Of(Libc.Errno, path, "written to the disk");
    }

    /// <summary>Syncs the names in a directory; false, with errno set, when that fails.</summary>
    public bool TrySyncDirectory(SafeFileHandle directory) =>
        // EINVAL and EROFS: a disk that has no such thing, or nothing to write.
        !enabled || Libc.Sync(directory) == 0 || Libc.Errno is LinuxErrors.Invalid or LinuxErrors.ReadOnlyDisk;

    /// <summary>Makes <paramref name="directory"/> itself durable: its name in its parent, the parent's in its own, and so on.</summary>
    public void SyncAbove(string directory, StoragePath path)
    {
        if (!enabled || Path.GetDirectoryName(directory) is not { } parent || _durable.ContainsKey(directory))
            return;
        SyncAbove(parent, path);
        using var handle = Libc.OpenAt(Libc.NoDirectory, parent, Libc.ReadOnly | Libc.DirectoryOnly | Libc.CloseOnExec);
        // Who may not read a directory did not make one in it either, short of odd permissions; there is nothing of ours to sync.
        if (handle.IsInvalid && Libc.Errno is not (LinuxErrors.AccessDenied or LinuxErrors.NotPermitted))
            throw LinuxErrors.Of(Libc.Errno, path, "made durable");
        if (!handle.IsInvalid && !TrySyncDirectory(handle))
            throw LinuxErrors.Of(Libc.Errno, path, "made durable");
        if (_durable.Count >= MaxRemembered)
            _durable.Clear();
        _durable[directory] = true;
    }
}
