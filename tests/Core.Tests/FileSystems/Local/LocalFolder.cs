using Cairn.FileSystems;
using Cairn.FileSystems.Local;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>A new directory for one test, and a local file system to use it with.</summary>
public sealed class LocalFolder : IAsyncDisposable
{
    /// <param name="options">How the file system works; an empty root stands for this folder.</param>
    /// <param name="time">Its clock.</param>
    /// <param name="create">Makes another one than this machine's.</param>
    public LocalFolder(LocalFileSystemOptions? options = null, TimeProvider? time = null, Func<LocalFileSystemOptions, LocalFileSystem>? create = null)
    {
        Native = Directory.CreateTempSubdirectory("cairn-test-").FullName;
        Path = StoragePath.FromLocal(Native);
        options ??= new();
        options = options.Root == "" ? options with { Root = Native } : options;
        Files = create is null ? new LocalFileSystem(options, time) : create(options);
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public string Native { get; }

    public StoragePath Path { get; }

    public LocalFileSystem Files { get; }

    public string[] Names => [.. Directory.EnumerateFileSystemEntries(Native, "*", SearchOption.AllDirectories).Select(name => System.IO.Path.GetRelativePath(Native, name)).Order(StringComparer.Ordinal)];

    public async Task<FileEntry> WriteAsync(string name, byte[] content, WriteMode? mode = null)
    {
        await using var writer = await Files.OpenWriteAsync(Path / name, new WriteOptions { Mode = mode ?? WriteMode.Create }, Token);
        await writer.Stream.WriteAsync(content, Token);
        return await writer.CommitAsync(Token);
    }

    public Task<FileEntry> WriteAsync(string name, string content, WriteMode? mode = null) =>
        WriteAsync(name, System.Text.Encoding.UTF8.GetBytes(content), mode);

    public async Task<byte[]> ReadAsync(string name, ReadOptions? options = null)
    {
        await using var stream = await Files.OpenReadAsync(Path / name, options, Token);
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Token);
        return content.ToArray();
    }

    public async Task<string> ReadTextAsync(string name, ReadOptions? options = null) => System.Text.Encoding.UTF8.GetString(await ReadAsync(name, options));

    public async Task<IReadOnlyList<FileEntry>> ListAsync(string? name = null, bool recursive = false)
    {
        var entries = new List<FileEntry>();
        await foreach (var entry in Files.ListAsync(name is null ? Path : Path / name, new ListOptions { Recursive = recursive }, Token))
            entries.Add(entry);
        return [.. entries.OrderBy(entry => entry.Path.Path, StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        await Files.DisposeAsync();
        Directory.Delete(Native, recursive: true);
    }
}
