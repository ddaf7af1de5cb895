using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Linux;

/// <summary>
/// Opens directories, and makes them. With a root it goes segment by segment and follows no link, so that nothing outside is reached even when a link appears
/// in the middle of a call; what is done afterwards is done relative to the open directory. Thread safe.
/// </summary>
internal sealed class LinuxDirectories(string? root, LinuxDurability durability)
{
    private const uint Permissions = 0x1FF;

    /// <summary>
    /// Discards remove empty directories while writers create in them; so many times a writer tries again. Somebody who does nothing but remove won a
    /// hundred times in a row on a machine of two processors.
    /// </summary>
    public const int Attempts = 1000;

    private readonly int _follow = root is null ? 0 : Libc.NoFollow;

    /// <summary>Whether links are followed: without a root.</summary>
    public bool FollowsLinks => root is null;

    /// <summary>Whether this is the configured root itself, which is never removed.</summary>
    public bool IsRoot(LocalPath path) => path.Native == root;

    /// <summary>Opens a directory for listing, locking and syncing; null when it is absent.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="wanted">The path that the caller asked for, for messages.</param>
    public SafeFileHandle? TryOpen(LocalPath directory, StoragePath wanted)
    {
        var handle = FollowsLinks ? Open(Libc.NoDirectory, directory.Native, Libc.ReadOnly) : Walk(directory, wanted, create: false);
        if (!handle.IsInvalid)
            return handle;
        if (LinuxErrors.IsAbsent(Libc.Errno))
            return null;
        throw LinuxErrors.Of(Libc.Errno, wanted, "opened");
    }

    /// <summary>Opens a directory, which is made first, with its parents, when it is absent.</summary>
    public SafeFileHandle OpenOrCreate(LocalPath directory, StoragePath wanted)
    {
        var pause = new SpinWait();
        for (var attempt = 1; ; attempt++, pause.SpinOnce(sleep1Threshold: -1))
        {
            var handle = FollowsLinks ? Open(Libc.NoDirectory, directory.Native, Libc.ReadOnly) : Walk(directory, wanted, create: true);
            if (handle.IsInvalid && FollowsLinks && Libc.Errno == LinuxErrors.NoEntry)
                handle = Walk(directory, wanted, create: true);
            if (!handle.IsInvalid)
                return handle;
            if (Libc.Errno != LinuxErrors.NoEntry || attempt == Attempts)
                throw LinuxErrors.Of(Libc.Errno, wanted, "created");
        }
    }

    /// <summary>The open directory and the name in it that stand for <paramref name="path"/>; null when the directory is absent.</summary>
    public LinuxPlace? Locate(LocalPath path)
    {
        if (FollowsLinks)
            return new LinuxPlace(Libc.NoDirectory, path.Native);
        if (IsRoot(path))
            return TryOpen(path, path.Path) is { } itself ? new LinuxPlace(itself, ".") : null;
        return TryOpen(path.Parent, path.Path) is { } parent ? new LinuxPlace(parent, path.Name) : null;
    }

    /// <summary>Goes from the root, or from <c>/</c>, down to <paramref name="directory"/>; the handle is invalid and errno set when it does not get there.</summary>
    private SafeFileHandle Walk(LocalPath directory, StoragePath wanted, bool create)
    {
        if (create && root is not null)
            Directory.CreateDirectory(root);
        var current = Open(Libc.NoDirectory, root ?? "/", root == directory.Native ? Libc.ReadOnly : Libc.PathOnly);
        var start = root is null or "/" ? 1 : Math.Min(root.Length + 1, directory.Native.Length);
        while (!current.IsInvalid && start < directory.Native.Length)
        {
            var end = directory.Native.IndexOf('/', start) is var slash && slash < 0 ? directory.Native.Length : slash;
            var parent = current;
            try
            {
                current = Step(parent, directory.Native, start..end, wanted, create);
            }
            finally
            {
                // Also when the step throws; and closing does not hide why it failed.
                var errno = Libc.Errno;
                parent.Dispose();
                Marshal.SetLastPInvokeError(errno);
            }
            start = end + 1;
        }
        return current;
    }

    private SafeFileHandle Step(SafeFileHandle current, string directory, Range segment, StoragePath wanted, bool create)
    {
        var name = directory[segment];
        var isLast = segment.End.Value == directory.Length;
        var flags = _follow | (isLast ? Libc.ReadOnly : Libc.PathOnly);
        var next = Open(current, name, flags);
        if (next.IsInvalid && Libc.Errno == LinuxErrors.NoEntry && create)
        {
            Make(current, name, directory[..segment.End.Value], wanted);
            next = Open(current, name, flags);
        }
        if (next.IsInvalid && !FollowsLinks)
            ThrowIfLink(current, name, wanted);
        return next;
    }

    private void Make(SafeFileHandle parent, string name, string path, StoragePath wanted)
    {
        if (Libc.MakeDirectoryAt(parent, name, Permissions) == 0)
            durability.Forget(path);
        else if (Libc.Errno is not (LinuxErrors.Exists or LinuxErrors.NoEntry))
            throw LinuxErrors.Of(Libc.Errno, wanted, "created");
    }

    private static void ThrowIfLink(SafeFileHandle directory, string name, StoragePath path)
    {
        var errno = Libc.Errno;
        if (Libc.Stat(directory, name, Libc.AtNoFollow, LinuxStat.Basic, out var stat) == 0 && stat.IsLink)
            throw LinuxErrors.Link(path);
        Marshal.SetLastPInvokeError(errno);
    }

    private static SafeFileHandle Open(SafeFileHandle directory, string name, int flags) =>
        Libc.OpenAt(directory, name, flags | Libc.DirectoryOnly | Libc.CloseOnExec);
}

/// <summary>An open directory and a name in it.</summary>
internal readonly record struct LinuxPlace(SafeFileHandle Directory, string Name) : IDisposable
{
    public void Dispose()
    {
        if (Directory != Libc.NoDirectory)
            Directory.Dispose();
    }
}
