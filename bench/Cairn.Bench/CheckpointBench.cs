using System.Globalization;
using Cairn.Checkpoints;
using Cairn.FileSystems;
using Cairn.FileSystems.Local;

namespace Cairn.Bench;

/// <summary>
/// A checkpoint of four tasks with 64 MiB each on local files, beside four bare <see cref="FileStream"/>s in parallel and a small file after them, with the
/// same fsyncs: each file, its publication, its directory, and the directory above when that is new.
/// </summary>
internal sealed class CheckpointBench : IAsyncDisposable
{
    private const int Tasks = 4;
    private const int Pieces = 64;
    private const int Piece = 1024 * 1024;
    private const double AllowedRatio = 1.15;
    private const long AllowedAllocation = 1024 * 1024;
    private const long AllowedGrowth = 1024 * 1024;

    private readonly string _directory;
    private readonly FileSystemRegistry _fileSystems = new([new LocalFileSystemProvider()]);
    private readonly byte[] _piece = new byte[Piece];
    private CheckpointCoordinator? _job;
    private string _last = "";
    private int _count;

    public CheckpointBench(string directory)
    {
        _directory = Path.Combine(directory, $"cairn-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_directory);
        new Random(1).NextBytes(_piece);
    }

    public async Task<(Case Measured, IReadOnlyList<IReadOnlyList<Sample>> Samples, IReadOnlyList<Bar> Bars)> RunAsync(int runs)
    {
        var storage = new FileSystemCheckpointStorage(_fileSystems, JobId.FromName("bench"), StoragePath.FromLocal(Path.Combine(_directory, "ours")));
        _job = await CheckpointCoordinator.OpenAsync(storage, new CheckpointCoordinatorOptions { Retained = int.MaxValue });
        var measured = new Case("4 × 64 MiB", 1,
        [
            new("4 FileStreams in parallel, then a small one", BareAsync) { CleanUpAsync = RemoveLastAsync },
            new("checkpoint", CheckpointAsync) { CleanUpAsync = RemoveLastAsync },
        ]);
        await Interleaved.RunAsync(measured, 1);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var samples = await Interleaved.RunAsync(measured, runs);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        return (measured, samples, Bars(samples, growth));
    }

    public async ValueTask DisposeAsync()
    {
        if (_job is not null)
            await _job.DisposeAsync();
        await _fileSystems.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static IReadOnlyList<Bar> Bars(IReadOnlyList<IReadOnlyList<Sample>> samples, long growth)
    {
        var ratio = Estimate.Of([.. samples[1].Zip(samples[0], (ours, bare) => ours.Microseconds / bare.Microseconds)]);
        var allocated = samples[1].Max(s => s.AllocatedBytes);
        return
        [
            new("time beside bare writes", Text($"≤ {AllowedRatio:F2}"), Text($"{ratio.Median:F3} [{ratio.Low:F3} – {ratio.High:F3}]"), ratio.Median <= AllowedRatio),
            new("managed memory allocated for 256 MiB, the most of any run", Text($"≤ {AllowedAllocation / 1024} KiB"), Text($"{allocated / 1024:F0} KiB"), allocated <= AllowedAllocation),
            new("managed heap after all runs, beside before", Text($"≤ {AllowedGrowth / 1024} KiB more"), Text($"{growth / 1024.0:F0} KiB"), growth <= AllowedGrowth),
        ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async Task CheckpointAsync()
    {
        await using var checkpoint = _job!.Begin();
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(() => checkpoint.WriteAsync(new OperatorSubtask("state", task, Tasks), async (stream, token) =>
        {
            for (var i = 0; i < Pieces; i++)
                await stream.WriteAsync(_piece, token);
        }))));
        var completed = await checkpoint.CompleteAsync();
        _last = StoragePath.Parse(completed.ExternalPointer).Path;
    }

    private async Task BareAsync()
    {
        var directory = Path.Combine(_directory, "bare", $"chk-{_count++}");
        Directory.CreateDirectory(directory);
        DirectorySync.Flush(Path.GetDirectoryName(directory)!);
        await Task.WhenAll(Enumerable.Range(0, Tasks).Select(task => Task.Run(() => Write(directory, $"state-{task}", Pieces, Piece))));
        Write(directory, "_metadata", 1, 1024);
        _last = directory;
    }

    private void Write(string directory, string name, int pieces, int length)
    {
        var temporary = Path.Combine(directory, $".{name}.tmp");
        using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            for (var i = 0; i < pieces; i++)
                stream.Write(_piece, 0, length);
            stream.Flush(flushToDisk: true);
        }
        File.Move(temporary, Path.Combine(directory, name));
        DirectorySync.Flush(directory);
    }

    private Task RemoveLastAsync()
    {
        Directory.Delete(_last, recursive: true);
        return Task.CompletedTask;
    }
}
