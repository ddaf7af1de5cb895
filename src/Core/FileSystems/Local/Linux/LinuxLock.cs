using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Linux;

/// <summary>
/// The advisory lock of a directory (flock), under which a compare and its swap are one step for every process of this machine that uses Cairn:
/// <see cref="WriteMode.Replace"/> takes it alone; <see cref="WriteMode.Overwrite"/> and deletions share it; <see cref="WriteMode.Create"/> needs none, for it
/// never takes a name away. It is held for a stat and a rename, never for an fsync, and goes with its process.
/// </summary>
/// <remarks>It does not bind programs that do not ask for it, nor other machines on a network disk whose flock is not shared.</remarks>
internal readonly struct LinuxLock : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly SafeFileHandle _directory;

    private LinuxLock(SafeFileHandle directory) => _directory = directory;

    /// <summary>Waits for the lock, at most half a minute: whoever holds it longer was stopped in the middle.</summary>
    public static async ValueTask<LinuxLock> TakeAsync(SafeFileHandle directory, bool exclusive, StoragePath path, TimeProvider time, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        var start = time.GetTimestamp();
        while (!TryTake(directory, exclusive, path))
        {
            if (time.GetElapsedTime(start) > LongestWait)
                throw new FileSystemException(FileSystemErrorCode.Conflict, $"'{path}': another process holds the lock of its directory for {LongestWait.TotalSeconds} s; nothing was done.", path);
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
        return new LinuxLock(directory);
    }

    public void Dispose() => _ = Libc.Lock(_directory, Libc.LockRelease);

    private static bool TryTake(SafeFileHandle directory, bool exclusive, StoragePath path)
    {
        if (Libc.Lock(directory, (exclusive ? Libc.LockExclusive : Libc.LockShared) | Libc.LockDoNotWait) == 0)
            return true;
        if (Libc.Errno == LinuxErrors.TryAgain)
            return false;
        // A disk without locks: what does not compare can do without.
        return exclusive ? throw LinuxErrors.Of(Libc.Errno, path, "locked, which a replacement by version needs") : true;
    }
}
