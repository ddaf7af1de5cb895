using Cairn.FileSystems;
using Cairn.FileSystems.Local;

namespace Cairn.Bench;

/// <summary>Local files through <see cref="IFileSystem"/> beside a bare <see cref="FileStream"/> with the same fsyncs: file, publication, directory.</summary>
internal sealed class LocalBench : IAsyncDisposable
{
    private const int Piece = 1024 * 1024;

    private readonly string _directory;
    private readonly LocalFileSystem _fileSystem = new();
    private readonly byte[] _buffer = new byte[Piece];
    private int _count;

    public LocalBench(string directory)
    {
        _directory = Path.Combine(directory, $"cairn-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_directory);
        new Random(1).NextBytes(_buffer);
    }

    public IEnumerable<Case> Cases()
    {
        foreach (var (name, size, operations) in new[] { ("1 KiB", 1024, 100), ("1 MiB", Piece, 20), ("256 MiB", 256 * Piece, 1) })
        {
            var bare = Path.Combine(_directory, $"bare-{size}");
            var ours = StoragePath.FromLocal(Path.Combine(_directory, $"ours-{size}"));
            yield return new($"write {name}", operations,
            [
                new("FileStream, fsync, rename, fsync", () => WriteBareAsync(bare, size)),
                new("IFileSystem, Overwrite", () => WriteAsync(ours, size, WriteMode.Overwrite)),
                new("IFileSystem, Create", () => WriteAsync(StoragePath.FromLocal(Path.Combine(_directory, $"new-{_count++}")), size, WriteMode.Create)),
            ]);
            yield return new($"read {name}", operations * 5,
            [
                new("FileStream", () => ReadBareAsync(bare)),
                new("IFileSystem", () => ReadAsync(ours)),
            ]);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _fileSystem.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private Task WriteBareAsync(string path, int size)
    {
        var temporary = path + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            for (var left = size; left > 0; left -= Piece)
                stream.Write(_buffer, 0, Math.Min(left, Piece));
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, path, overwrite: true);
        DirectorySync.Flush(_directory);
        return Task.CompletedTask;
    }

    private async Task WriteAsync(StoragePath path, int size, WriteMode mode)
    {
        await using (var writer = await _fileSystem.OpenWriteAsync(path, new WriteOptions { Mode = mode }))
        {
            for (var left = size; left > 0; left -= Piece)
                await writer.Stream.WriteAsync(_buffer.AsMemory(0, Math.Min(left, Piece)));
            await writer.CommitAsync();
        }
        if (mode == WriteMode.Create)
            File.Delete(path.Path);
    }

    private Task ReadBareAsync(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        while (stream.Read(_buffer, 0, 128 * 1024) > 0)
        {
        }
        return Task.CompletedTask;
    }

    private async Task ReadAsync(StoragePath path)
    {
        await using var stream = await _fileSystem.OpenReadAsync(path);
        while (await stream.ReadAsync(_buffer.AsMemory(0, 128 * 1024)) > 0)
        {
        }
    }
}
