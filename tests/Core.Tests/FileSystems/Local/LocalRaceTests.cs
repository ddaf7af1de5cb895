using System.Diagnostics;
using System.Globalization;
using System.Text;
using Cairn.FileSystems;
using Cairn.FileSystems.Local;
using Cairn.Worker;

namespace Cairn.Tests.FileSystems.Local;

/// <summary>Threads and processes that write one path at one moment. Quick by default; <c>CAIRN_FULL=1</c> makes the rounds many.</summary>
public sealed class LocalRaceTests
{
    private const int Processes = 8;
    private const int WritersPerProcess = 2;

    [Fact]
    public async Task Of_16_creators_in_threads_and_processes_exactly_one_wins_and_its_file_is_whole()
    {
        const int Length = 100_000;
        await using var folder = new LocalFolder();
        var workers = WorkerProcess.StartMany(Processes);
        var rounds = Effort.Of(quick: 50, full: 1000);
        var start = Stopwatch.GetTimestamp();
        for (var round = 0; round < rounds; round++)
        {
            var path = folder.Path / $"round-{round}";
            var outcomes = await RaceAsync(workers, path, "create", round * 100, Length);

            var winner = Assert.Single(outcomes, outcome => outcome.Answer.StartsWith("committed", StringComparison.Ordinal));
            Assert.All(outcomes.Where(outcome => outcome != winner), outcome => Assert.Equal("refused AlreadyExists", outcome.Answer));
            Assert.Equal(Pattern.Of(winner.Seed, Length), await folder.Files.ReadAllBytesAsync(path, cancellationToken: LocalFolder.Token));
            Assert.Equal([path.Name], folder.Names);
            await folder.Files.DeleteAsync(path, LocalFolder.Token);
        }
        await EndAsync(workers);
        if (Effort.IsFull)
            await RaceReport.WriteAsync(rounds, Processes, WritersPerProcess, Length, Stopwatch.GetElapsedTime(start));
    }

    [Fact]
    public async Task Of_16_large_overwrites_one_writers_bytes_stay_and_readers_see_whole_files_only()
    {
        const int Length = 3_000_000;
        const int Rounds = 3;
        await using var folder = new LocalFolder();
        await folder.WriteAsync("a", Pattern.Of(0, Length));
        var possible = Enumerable.Range(0, Rounds * 100 + 1).ToDictionary(seed => Convert.ToHexString(Pattern.Of(seed, 16)));
        var workers = WorkerProcess.StartMany(Processes);
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() => ReadWholeFilesAsync(folder, possible, Length, stop.Token), LocalFolder.Token);

        for (var round = 0; round < Rounds; round++)
        {
            var outcomes = await RaceAsync(workers, folder.Path / "a", "overwrite", round * 100 + 1, Length);
            Assert.All(outcomes, outcome => Assert.StartsWith("committed", outcome.Answer, StringComparison.Ordinal));
        }

        await stop.CancelAsync();
        Assert.NotEqual(0, await reader);
        Assert.Equal(["a"], folder.Names);
        await EndAsync(workers);
    }

    [Fact]
    public async Task No_update_is_lost_when_threads_and_processes_count_by_compare_and_swap()
    {
        var times = Effort.Of(quick: 8, full: 100);
        await using var folder = new LocalFolder();
        await folder.WriteAsync("counter", "0");
        var workers = WorkerProcess.StartMany(Processes);
        var counting = workers.Select(worker => worker.AskAsync($"increment {folder.Path / "counter"} {times}", LocalFolder.Token)).ToList<Task>();
        counting.AddRange(Enumerable.Range(0, Processes).Select(_ => Task.Run(() => IncrementAsync(folder, times), LocalFolder.Token)));

        await Task.WhenAll(counting);

        Assert.Equal($"{2 * Processes * times}", await folder.ReadTextAsync("counter"));
        await EndAsync(workers);
    }

    [Fact]
    public async Task An_overwrite_never_slips_between_a_replacements_comparison_and_its_rename()
    {
        await using var folder = new LocalFolder(new LocalFileSystemOptions { Durable = false });
        await folder.WriteAsync("a", "0");
        var lost = 0;
        var round = 0;
        // Until either order was seen, however the machine schedules them.
        for (; round < 300 || ((lost == 0 || lost == round) && round < 10_000); round++)
        {
            var before = (await folder.Files.GetAsync(folder.Path / "a", LocalFolder.Token)).ETag!;
            Task Overwrite() => Task.Run(() => folder.WriteAsync("a", $"overwritten {round}", WriteMode.Overwrite), LocalFolder.Token);
            Task Replace() => Task.Run(() => folder.WriteAsync("a", $"replaced {round}", WriteMode.Replace(before)), LocalFolder.Token);
            var (overwrite, replace) = round % 2 == 0 ? (Overwrite(), Replace()) : Swap(Replace(), Overwrite());
            await overwrite;
            try
            {
                await replace;
                // The replacement came first, for it saw the version before: the overwrite's bytes are there.
                Assert.Equal($"overwritten {round}", await folder.ReadTextAsync("a"));
            }
            catch (FileSystemException e) when (e.Code == FileSystemErrorCode.PreconditionFailed)
            {
                lost++;
            }
        }
        Assert.InRange(lost, 1, round - 1);
    }

    [Fact]
    public async Task Every_version_of_a_path_has_its_own_etag_however_fast_they_follow()
    {
        await using var folder = new LocalFolder(new LocalFileSystemOptions { Durable = false });
        var etags = new HashSet<string>(StringComparer.Ordinal);
        for (var version = 0; version < 2000; version++)
        {
            var entry = await folder.WriteAsync("a", "same", WriteMode.Overwrite);
            Assert.True(etags.Add(entry.ETag!), $"version {version} has the ETag of another");
            if (version % 10 == 0)
                await folder.Files.DeleteAsync(folder.Path / "a", LocalFolder.Token);
        }
    }

    [Fact]
    public async Task Writers_make_their_directory_again_while_a_discard_keeps_removing_it()
    {
        await using var folder = new LocalFolder(new LocalFileSystemOptions { Durable = false });
        using var stop = new CancellationTokenSource();
        var removing = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                    await folder.Files.DeleteAsync([folder.Path / "chk/state", folder.Path / "chk"], LocalFolder.Token);
            },
            LocalFolder.Token);

        for (var round = 0; round < 500; round++)
        {
            await folder.WriteAsync($"chk/state/{round}", "x");
            await folder.Files.DeleteAsync(folder.Path / $"chk/state/{round}", LocalFolder.Token);
        }

        await stop.CancelAsync();
        await removing;
    }

    [Fact]
    public async Task A_listing_does_not_mind_what_comes_and_goes_meanwhile()
    {
        await using var folder = new LocalFolder(new LocalFileSystemOptions { Durable = false });
        await folder.WriteAsync("stays/a", "x");
        using var stop = new CancellationTokenSource();
        var changing = Task.Run(
            async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    await folder.WriteAsync($"goes-{i % 10}/a", "x", WriteMode.Overwrite);
                    await folder.Files.DeleteAsync([folder.Path / $"goes-{i % 10}/a", folder.Path / $"goes-{i % 10}"], LocalFolder.Token);
                }
            },
            LocalFolder.Token);

        for (var round = 0; round < 500; round++)
            Assert.Contains(folder.Path / "stays/a", (await folder.ListAsync(recursive: true)).Select(entry => entry.Path));

        await stop.CancelAsync();
        await changing;
    }

    private static (T, T) Swap<T>(T first, T second) => (second, first);

    private static async Task<IReadOnlyList<(int Seed, string Answer)>> RaceAsync(IReadOnlyList<WorkerProcess> workers, StoragePath path, string mode, int firstSeed, int length)
    {
        for (var writer = 0; writer < WritersPerProcess; writer++)
        {
            var prepared = await Task.WhenAll(workers.Select((worker, i) => worker.AskAsync($"prepare {path} {mode} {firstSeed + i * WritersPerProcess + writer} {length}", LocalFolder.Token)));
            Assert.All(prepared, answer => Assert.Equal("ready", answer));
        }
        var moment = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 200;
        var answers = await Task.WhenAll(workers.Select(worker => worker.AskAsync($"commit {moment}", LocalFolder.Token)));
        return [.. answers.SelectMany(answer => answer.Split(',')).Select((answer, i) => (firstSeed + i, answer))];
    }

    private static async Task<int> ReadWholeFilesAsync(LocalFolder folder, Dictionary<string, int> possible, int length, CancellationToken stop)
    {
        var read = 0;
        while (!stop.IsCancellationRequested || read == 0)
        {
            var content = await folder.ReadAsync("a");
            Assert.Equal(Pattern.Of(possible[Convert.ToHexString(content.AsSpan(0, 16))], length), content);
            read++;
        }
        return read;
    }

    private static async Task IncrementAsync(LocalFolder folder, int times)
    {
        for (var done = 0; done < times;)
        {
            try
            {
                var entry = await folder.Files.GetAsync(folder.Path / "counter", LocalFolder.Token);
                var number = int.Parse(await folder.ReadTextAsync("counter", new ReadOptions { IfMatch = entry.ETag }), CultureInfo.InvariantCulture);
                await folder.WriteAsync("counter", Encoding.ASCII.GetBytes($"{number + 1}"), WriteMode.Replace(entry.ETag!));
                done++;
            }
            catch (FileSystemException e) when (e.Code == FileSystemErrorCode.PreconditionFailed)
            {
                // Somebody else was faster.
            }
        }
    }

    private static async Task EndAsync(IReadOnlyList<WorkerProcess> workers)
    {
        foreach (var worker in workers)
            await worker.DisposeAsync();
    }
}
