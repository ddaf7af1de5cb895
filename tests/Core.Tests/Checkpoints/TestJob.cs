using System.Text;
using Cairn.Checkpoints;
using Cairn.Conformance;
using Cairn.FileSystems;
using Cairn.FileSystems.Memory;

namespace Cairn.Tests.Checkpoints;

/// <summary>A job on a store of its own in memory, every request counted.</summary>
internal sealed class TestJob : IAsyncDisposable
{
    public static readonly JobId Id = JobId.FromName("test job");

    private readonly FileSystemRegistry _fileSystems;

    /// <param name="decorate">What stands between the job and its store.</param>
    /// <param name="root">The checkpoint directory; a store of its own unless given.</param>
    public TestJob(Func<IFileSystem, IFileSystem>? decorate = null, StoragePath? root = null)
    {
        Root = root ?? StoragePath.Parse($"memory://{Guid.NewGuid():N}/checkpoints");
        _fileSystems = new FileSystemRegistry([new MemoryFileSystemProvider()], fileSystem => Requests.Watch((decorate ?? (f => f))(fileSystem)));
    }

    public StoragePath Root { get; }

    public StoragePath Directory => Root / Id.ToString();

    public RequestLog Requests { get; } = new();

    public FileSystemRegistry FileSystems => _fileSystems;

    public IFileSystem FileSystem => _fileSystems.Get(Root);

    public MemoryBackendCheckpointStorage MemoryBackend(long maxStateSize = MemoryBackendCheckpointStorage.DefaultMaxStateSize) =>
        new(_fileSystems, Id, Root, Root / "savepoints", maxStateSize);

    public FileSystemCheckpointStorage FileBackend(int inlineThreshold = 0) => new(_fileSystems, Id, Root, Root / "savepoints", inlineThreshold);

    public Task<CheckpointCoordinator> OpenAsync(FileSystemCheckpointStorageBase? storage = null, CheckpointCoordinatorOptions? options = null) =>
        CheckpointCoordinator.OpenAsync(storage ?? FileBackend(), options, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Everything that lies in the job's directory, as paths below it.</summary>
    public async Task<List<string>> FilesAsync()
    {
        var files = new List<string>();
        await foreach (var entry in FileSystem.ListAsync(Directory, new ListOptions { Recursive = true }, TestContext.Current.CancellationToken))
            files.Add(entry.Path.ToString()[(Directory.ToString().Length + 1)..]);
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    public async Task<List<string>> CheckpointsAsync() =>
        [.. (await FilesAsync()).Where(f => f.EndsWith("/_metadata", StringComparison.Ordinal)).Select(f => f[..^"/_metadata".Length])];

    public ValueTask DisposeAsync() => _fileSystems.DisposeAsync();
}

/// <summary>State that is a text, in few words.</summary>
internal static class TextState
{
    public static Task WriteTextAsync(this PendingCheckpoint checkpoint, OperatorSubtask task, string text) =>
        checkpoint.WriteAsync(task, (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), token).AsTask(), TestContext.Current.CancellationToken);

    public static Task<string?> RestoreTextAsync(this CheckpointCoordinator job, OperatorSubtask task) =>
        job.RestoreAsync(task, async (stream, token) =>
        {
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync(token);
        }, TestContext.Current.CancellationToken);

    /// <summary>Takes one checkpoint of one task.</summary>
    public static async Task<CompletedCheckpoint> CheckpointAsync(this CheckpointCoordinator job, string text)
    {
        await using var checkpoint = job.Begin();
        await checkpoint.WriteTextAsync("counter", text);
        return await checkpoint.CompleteAsync(TestContext.Current.CancellationToken);
    }
}
