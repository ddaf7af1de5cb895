using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Linux;

/// <summary>
/// A temporary file in its target's directory, held by a lock that tells the sweep that its writer lives, and its publication:
/// fsync of the file, fsync of the directories above that are new, rename, fsync of the directory.
/// </summary>
/// <remarks>
/// Everything happens relative to the directory that was opened at the start. What can fail is done before the rename, so that a failure is a refusal;
/// only the last fsync comes after it, and when that fails the outcome is unknown.
/// </remarks>
internal sealed class LinuxTemporaryFile : TemporaryFile
{
    private const uint Permissions = 0x1B6;
    private const nuint CopyChunk = 64 * 1024 * 1024;

    private readonly LinuxDisk _disk;
    private readonly LinuxDurability _durability;
    private readonly TimeProvider _time;
    private readonly LocalPath _target;
    private readonly SafeFileHandle _directory;
    private readonly Guid _id;
    private readonly string _name;

    private LinuxTemporaryFile(LinuxDisk disk, LinuxDurability durability, TimeProvider time, LocalPath target, SafeFileHandle directory, Guid id)
    {
        (_disk, _durability, _time, _target, _directory, _id) = (disk, durability, time, target, directory, id);
        _name = TemporaryName.Of(id);
        Handle = Libc.OpenAt(directory, _name, Libc.ReadWrite | Libc.CreateExclusive | Libc.CloseOnExec, Permissions);
    }

    /// <inheritdoc/>
    public override SafeFileHandle Handle { get; }

    /// <summary>Makes one; again when the directory is removed under it, as a discard may do with an empty one.</summary>
    public static LinuxTemporaryFile Create(LinuxDisk disk, LinuxDirectories directories, LinuxDurability durability, LocalPath target, TimeProvider time)
    {
        var pause = new SpinWait();
        for (var attempt = 1; ; attempt++, pause.SpinOnce(sleep1Threshold: -1))
        {
            var directory = directories.OpenOrCreate(target.Parent, target.Path);
            var file = new LinuxTemporaryFile(disk, durability, time, target, directory, Guid.NewGuid());
            if (!file.Handle.IsInvalid && file.IsHeld())
                return file;
            var errno = file.Handle.IsInvalid ? Libc.Errno : LinuxErrors.NoEntry;
            file.Dispose();
            if (errno != LinuxErrors.NoEntry || attempt == LinuxDirectories.Attempts)
                throw LinuxErrors.Of(errno, target.Path, "opened for writing");
        }
    }

    /// <inheritdoc/>
    public override async Task<FileEntry> PublishAsync(WriteMode mode, CancellationToken cancellationToken)
    {
        // Who has lost already is spared the fsync; who wins is decided below.
        ThrowIfLost(mode);
        LinuxVersion.TrySetId(Handle, _id);
        _durability.SyncFile(Handle, _target.Path);
        _durability.SyncAbove(_target.Parent.Native, _target.Path);
        cancellationToken.ThrowIfCancellationRequested();
        if (mode == WriteMode.Create)
            RenameExclusively();
        else
            await ReplaceAsync(mode, cancellationToken).ConfigureAwait(false);
        if (!_durability.TrySyncDirectory(_directory))
            throw FileSystemException.OutcomeUnknown(_target.Path, LinuxErrors.Of(Libc.Errno, _target.Path, "made durable"));
        return _disk.Describe(Handle, _target);
    }

    /// <inheritdoc/>
    public override long CopyFrom(SafeFileHandle source, long length, CancellationToken cancellationToken)
    {
        var (from, to) = (0L, 0L);
        while (from < length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var copied = Libc.CopyRange(source, ref from, Handle, ref to, nuint.Min(CopyChunk, (nuint)(length - from)), 0);
            if (copied == 0)
                break;
            if (copied > 0)
                continue;
            if (to == 0 && Libc.Errno is LinuxErrors.CrossDevice or LinuxErrors.Invalid or LinuxErrors.NotImplemented or LinuxErrors.NotSupported)
                return CopyThroughMemory(source, length, cancellationToken);
            throw LinuxErrors.Of(Libc.Errno, _target.Path, "copied to");
        }
        return to;
    }

    /// <inheritdoc/>
    public override void Discard()
    {
        if (Libc.UnlinkAt(_directory, _name, 0) < 0 && Libc.Errno != LinuxErrors.NoEntry)
            throw LinuxErrors.Of(Libc.Errno, _target.Path, "discarded");
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Handle.Dispose();
        _directory.Dispose();
    }

    /// <summary>
    /// Whether the file is ours for good: a sweep that found it in the moment before the lock holds its own lock, or has removed it.
    /// A disk without locks leaves only the age to the sweep.
    /// </summary>
    private bool IsHeld()
    {
        if (!Libc.TryLockOpenFile(Handle, write: true) && Libc.Errno is LinuxErrors.TryAgain or LinuxErrors.AccessDenied)
            return false;
        return Libc.Stat(Handle, "", Libc.AtEmptyPath, LinuxStat.Basic, out var stat) == 0 && stat.Links > 0;
    }

    private async Task ReplaceAsync(WriteMode mode, CancellationToken cancellationToken)
    {
        using var held = await LinuxLock.TakeAsync(_directory, exclusive: mode.ExpectedETag is not null, _target.Path, _time, cancellationToken).ConfigureAwait(false);
        ThrowIfLost(mode);
        if (Libc.RenameAt(_directory, _name, _directory, _target.Name) < 0)
            Settle(Libc.Errno);
    }

    private void ThrowIfLost(WriteMode mode)
    {
        if (mode == WriteMode.Overwrite)
            return;
        var there = _disk.Find(new LinuxPlace(_directory, _target.Name), _target);
        if (mode.ExpectedETag is { } expected && there?.ETag != expected)
            throw FileSystemException.PreconditionFailed(_target.Path, expected);
        if (mode == WriteMode.Create && there is not null)
            throw FileSystemException.AlreadyExists(_target.Path);
    }

    private void RenameExclusively()
    {
        if (Libc.RenameExclusivelyAt(_directory, _name, _directory, _target.Name) == 0)
            return;
        // A network disk that cannot rename without replacing can link, which never replaces.
        if (Libc.Errno is LinuxErrors.Invalid or LinuxErrors.NotImplemented or LinuxErrors.NotSupported)
        {
            if (Libc.LinkAt(_directory, _name, _directory, _target.Name, 0) < 0)
                Settle(Libc.Errno);
            _ = Libc.UnlinkAt(_directory, _name, 0);
            return;
        }
        Settle(Libc.Errno);
    }

    /// <summary>Finds out what a failed rename did: on a network disk an answer can be lost, and its repetition fails. Returns when the file is published.</summary>
    private void Settle(int errno)
    {
        if (IsPublished())
            return;
        if (Libc.Stat(_directory, _name, Libc.AtNoFollow, LinuxStat.Basic, out _) < 0)
        {
            throw errno == LinuxErrors.NoEntry && Libc.Errno == LinuxErrors.NoEntry
                ? new FileSystemException(FileSystemErrorCode.Conflict, $"'{_target.Path}': what was written was removed before it could be published; nothing was published.", _target.Path)
                : FileSystemException.OutcomeUnknown(_target.Path, LinuxErrors.Of(errno, _target.Path, "published"));
        }
        throw errno == LinuxErrors.Exists ? FileSystemException.AlreadyExists(_target.Path) : LinuxErrors.Of(errno, _target.Path, "published");
    }

    private bool IsPublished() =>
        Libc.Stat(Handle, "", Libc.AtEmptyPath, LinuxStat.Basic, out var ours) == 0
        && Libc.Stat(_directory, _target.Name, Libc.AtNoFollow, LinuxStat.Basic, out var there) == 0
        && there.IsSameFile(ours);
}
