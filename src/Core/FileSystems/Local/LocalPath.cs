namespace Cairn.FileSystems.Local;

/// <summary>A path in both tongues: the caller's, for messages and results, and the operating system's.</summary>
/// <param name="Path">As the caller knows it.</param>
/// <param name="Native">As the system takes it: absolute.</param>
internal readonly record struct LocalPath(StoragePath Path, string Native)
{
    /// <summary>The directory that holds it; the root is its own.</summary>
    public LocalPath Parent => Of(StoragePath.FromKey(Path, ParentKey));

    /// <summary>The last segment of the native path.</summary>
    public string Name => System.IO.Path.GetFileName(Native);

    private string ParentKey => Path.Key.LastIndexOf('/') is var slash && slash < 0 ? "" : Path.Key[..slash];

    /// <summary>The local path of <paramref name="path"/>; on Windows <c>file:/C:/x</c> is <c>C:\x</c>.</summary>
    public static LocalPath Of(StoragePath path) =>
        new(path, OperatingSystem.IsWindows() ? ToWindows(path.Path) : path.Path);

    /// <summary>This directory's child <paramref name="name"/>, whatever characters the name has.</summary>
    public LocalPath Child(string name) => Of(StoragePath.FromKey(Path, Path.Key.Length == 0 ? name : $"{Path.Key}/{name}"));

    private static string ToWindows(string path)
    {
        var native = path.TrimStart('/').Replace('/', '\\');
        return native.EndsWith(':') ? native + '\\' : native;
    }
}
