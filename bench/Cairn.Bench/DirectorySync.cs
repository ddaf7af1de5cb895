using System.Runtime.InteropServices;

namespace Cairn.Bench;

/// <summary>fsync of a directory, which .NET has no call for; nothing elsewhere than on Linux.</summary>
internal static partial class DirectorySync
{
    private const int ReadOnly = 0;

    public static void Flush(string directory)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var descriptor = Open(directory, ReadOnly);
        if (descriptor < 0 || Fsync(descriptor) != 0 || Close(descriptor) != 0)
            throw new IOException($"'{directory}' cannot be flushed: error {Marshal.GetLastPInvokeError()}.");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
