using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.FileSystems;
using Cairn.FileSystems.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.Checkpoints.Histories;

/// <summary>
/// The store that all processes share, and what the model knows: what each checkpoint that may have been committed has to give back, what was reported, and
/// which savepoints there are. It looks into the store by itself, past every fault and every coordinator.
/// </summary>
internal sealed class World
{
    private const long IdsPerEpoch = 1_000_000;

    private readonly Dictionary<string, IReadOnlyList<StoragePath>> _files = [];

    public World(HistoryStatistics statistics)
    {
        Statistics = statistics;
        Root = StoragePath.Parse("memory://history/checkpoints");
    }

    public HistoryStatistics Statistics { get; }

    public MemoryStore Store { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public StoragePath Root { get; }

    public StoragePath Job => Root / TestJob.Id.ToString();

    /// <summary>What every checkpoint that a commit was tried for must give back, by its pointer.</summary>
    public Dictionary<string, Snapshot> Tried { get; } = [];

    /// <summary>The setting RestoreFrom of the run that a checkpoint is of.</summary>
    public Dictionary<long, string?> RestoreSetting { get; } = [];

    /// <summary>What was reported complete since the job was finished last.</summary>
    public List<long> Reported { get; } = [];

    public HashSet<string> Savepoints { get; } = [];

    /// <summary>Whether something happened after which files may be left that nobody knows of.</summary>
    public bool MayLeak { get; set; }

    /// <summary>Counts names, so that no two files have the same.</summary>
    public int Names { get; set; }

    /// <summary>Whether the owner of an epoch was replaced.</summary>
    public async Task<bool> IsReplacedAsync(long epoch) => await Mount().FindAsync(Job / "epochs" / $"{epoch + 1}") is not null;

    public async Task<bool> ExistsAsync(string pointer) => await Mount().FindAsync(StoragePath.Parse(pointer) / "_metadata") is not null;

    public static long EpochOf(long id) => id / IdsPerEpoch;

    public MemoryFileSystem Mount() => new(StoragePath.Parse("memory://history/"), Store, Time);

    /// <summary>Every id with a <c>_metadata</c> that is not of a finished job, lowest first.</summary>
    public async Task<List<long>> CommittedAsync()
    {
        var begins = await FinishedByAsync();
        return [.. (await FilesAsync(Job)).Where(f => f.Name == "_metadata").Select(f => long.Parse(f.Parent!.Name["chk-".Length..])).Where(id => EpochOf(id) >= begins).Order()];
    }

    public string PointerOf(long id) => $"{Job / $"chk-{id}"}";

    /// <summary>What must hold at any time: the latest checkpoint is whole, and so is every savepoint.</summary>
    public async Task CheckAsync()
    {
        var committed = await CommittedAsync();
        if (committed.Count > 0)
            await CheckWholeAsync(PointerOf(committed[^1]));
        foreach (var savepoint in Savepoints)
            await CheckWholeAsync(savepoint);
    }

    /// <summary>Fails unless every file of a checkpoint is there.</summary>
    public async Task CheckWholeAsync(string pointer)
    {
        if ((await FilesOfAsync(pointer)).FirstOrDefault(file => Store.Find(file.Key) is null) is { } gone)
            Assert.Fail($"'{pointer}' needs '{gone}', which is gone.");
    }

    /// <summary>The epoch that the job was last finished with, 0 when it never was: what replaced owners of lower ones still commit is no checkpoint.</summary>
    private async Task<long> FinishedByAsync()
    {
        var finished = 0L;
        await foreach (var epoch in Mount().ListAsync(Job / "epochs"))
            finished = epoch.Length == 1 ? Math.Max(finished, long.Parse(epoch.Path.Name)) : finished;
        return finished;
    }

    public async Task<List<StoragePath>> FilesAsync(StoragePath directory)
    {
        var files = new List<StoragePath>();
        await foreach (var entry in Mount().ListAsync(directory, new ListOptions { Recursive = true }))
            files.Add(entry.Path);
        return files;
    }

    private async Task<IReadOnlyList<StoragePath>> FilesOfAsync(string pointer)
    {
        if (_files.TryGetValue(pointer, out var known))
            return known;
        var path = StoragePath.Parse(pointer) / "_metadata";
        var metadata = CheckpointMetadataReader.Read(await Mount().ReadAllBytesAsync(path), new CheckpointMetadataReaderOptions { Directory = pointer });
        return _files[pointer] = [path, .. CheckpointFiles.Of(metadata)];
    }
}
