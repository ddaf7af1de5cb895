using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Local.Portable;

/// <summary>
/// A temporary file that nobody else may open while it is written. Published by a rename; <see cref="WriteMode.Create"/> by <c>MoveFileEx</c> without replacing
/// on Windows and by <c>link</c> elsewhere, for a rename there always replaces.
/// </summary>
internal sealed partial class PortableTemporaryFile : TemporaryFile
{
    private readonly PortableDisk _disk;
    private readonly LocalPath _target;
    private readonly bool _flush;
    private readonly string _name;

    public PortableTemporaryFile(PortableDisk disk, LocalPath target, bool flush)
    {
        (_disk, _target, _flush) = (disk, target, flush);
        _name = target.Parent.Child(TemporaryName.Of(Guid.NewGuid())).Native;
        Handle = File.OpenHandle(_name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    public override SafeFileHandle Handle { get; }

    public override Task<FileEntry> PublishAsync(WriteMode mode, CancellationToken cancellationToken)
    {
        if (_flush)
            RandomAccess.FlushToDisk(Handle);
        var entry = _disk.Describe(Handle, _target);
        // Windows renames no file that is open.
        Handle.Dispose();
        cancellationToken.ThrowIfCancellationRequested();
        if (Directory.Exists(_target.Native))
            throw mode == WriteMode.Create ? FileSystemException.AlreadyExists(_target.Path) : FileSystemException.InvalidPath(_target.Path, "a directory is there");
        if (mode == WriteMode.Create && !OperatingSystem.IsWindows())
            LinkExclusively();
        else
            Move(overwrite: mode != WriteMode.Create);
        return Task.FromResult(entry);
    }

    public override long CopyFrom(SafeFileHandle source, long length, CancellationToken cancellationToken) =>
        CopyThroughMemory(source, length, cancellationToken);

    public override void Discard()
    {
        Handle.Dispose();
        File.Delete(_name);
    }

    public override void Dispose() => Handle.Dispose();

    private void Move(bool overwrite)
    {
        try
        {
            File.Move(_name, _target.Native, overwrite);
        }
        catch (IOException) when (!overwrite && File.Exists(_target.Native))
        {
            throw FileSystemException.AlreadyExists(_target.Path);
        }
    }

    private void LinkExclusively()
    {
        const int Exists = 17;
        if (Link(_name, _target.Native) < 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            throw errno == Exists
                ? FileSystemException.AlreadyExists(_target.Path)
                : new FileSystemException(FileSystemErrorCode.Unknown, $"'{_target.Path}' could not be published ({Marshal.GetPInvokeErrorMessage(errno)}).", _target.Path);
        }
        File.Delete(_name);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
