using System.Diagnostics;
using System.Globalization;
using Cairn.FileSystems;

namespace Cairn.Worker;

/// <summary>What a worker does; the answer of a command that fails is <c>refused CODE</c> or <c>unknown</c>.</summary>
internal sealed class WorkerCommands(FileSystemRegistry fileSystems)
{
    private const int PieceSize = 64 * 1024;

    private readonly List<FileWriter> _writers = [];

    /// <summary>The answer to one line: a command and its arguments, separated by blanks.</summary>
    public async Task<string> AnswerAsync(string line)
    {
        var words = line.Split(' ');
        return (words[0], words.Length) switch
        {
            // Writes a file and keeps it uncommitted, beside those that are kept already.
            ("prepare", 5) => await TryAsync(() => PrepareAsync(Parse(words[1]), ModeOf(words[2]), Number(words[3]), Number(words[4]))),
            // Commits all that is kept, at once; at a moment of the machine's monotonic clock if one is given.
            ("commit", 1) => await CommitAsync(0),
            ("commit", 2) => await CommitAsync(long.Parse(words[1], CultureInfo.InvariantCulture)),
            ("discard", 1) => await DiscardAsync(),
            // Adds 1 to a number in a file, so many times, by compare-and-swap.
            ("increment", 3) => await TryAsync(() => IncrementAsync(Parse(words[1]), Number(words[2]))),
            ("sweep", 3) => await TryAsync(() => SweepAsync(Parse(words[1]), TimeSpan.FromSeconds(Number(words[2])))),
            ("delete", 2) => await TryAsync(() => DeleteAsync(Parse(words[1]))),
            ("find", 2) => await TryAsync(() => FindAsync(Parse(words[1]))),
            ("list", 2) => await TryAsync(() => ListAsync(Parse(words[1]))),
            _ => $"error: what is '{line}'?",
        };
    }

    private static StoragePath Parse(string path) => StoragePath.Parse(path);

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static WriteMode ModeOf(string text) => text switch
    {
        "create" => WriteMode.Create,
        "overwrite" => WriteMode.Overwrite,
        _ => WriteMode.Replace(text),
    };

    private static async Task<string> TryAsync(Func<Task<string>> command)
    {
        try
        {
            return await command();
        }
        catch (FileSystemException e)
        {
            return e.Code == FileSystemErrorCode.OutcomeUnknown ? "unknown" : $"refused {e.Code}";
        }
    }

    private async Task<string> PrepareAsync(StoragePath path, WriteMode mode, int seed, int length)
    {
        var writer = await fileSystems.Get(path).OpenWriteAsync(path, new WriteOptions { Mode = mode });
        _writers.Add(writer);
        ReadOnlyMemory<byte> content = Pattern.Of(seed, length);
        for (var start = 0; start < length; start += PieceSize)
            await writer.Stream.WriteAsync(content.Slice(start, Math.Min(PieceSize, length - start)));
        return "ready";
    }

    private async Task<string> CommitAsync(long moment)
    {
        var commits = _writers.Select(writer => Task.Run(() => TryAsync(async () =>
        {
            while (Stopwatch.GetTimestamp() < moment)
                Thread.Yield();
            return $"committed {(await writer.CommitAsync()).ETag}";
        })));
        var answers = await Task.WhenAll(commits);
        await DiscardAsync();
        return string.Join(',', answers);
    }

    private async Task<string> DiscardAsync()
    {
        foreach (var writer in _writers)
            await writer.DisposeAsync();
        _writers.Clear();
        return "done";
    }

    private async Task<string> IncrementAsync(StoragePath path, int times)
    {
        var fileSystem = fileSystems.Get(path);
        for (var done = 0; done < times;)
        {
            try
            {
                var entry = await fileSystem.GetAsync(path);
                var number = Number(System.Text.Encoding.ASCII.GetString(await fileSystem.ReadAllBytesAsync(path, new ReadOptions { IfMatch = entry.ETag })));
                await fileSystem.WriteAllBytesAsync(path, System.Text.Encoding.ASCII.GetBytes($"{number + 1}"), WriteMode.Replace(entry.ETag!));
                done++;
            }
            catch (FileSystemException e) when (e.Code is FileSystemErrorCode.PreconditionFailed or FileSystemErrorCode.Conflict)
            {
                // Somebody else was faster.
            }
        }
        return "done";
    }

    private async Task<string> SweepAsync(StoragePath path, TimeSpan olderThan) =>
        $"swept {(await fileSystems.Get(path).SweepAbandonedAsync(path, new SweepOptions { OlderThan = olderThan })).Removed}";

    private async Task<string> DeleteAsync(StoragePath path)
    {
        await fileSystems.Get(path).DeleteAsync(path);
        return "deleted";
    }

    private async Task<string> FindAsync(StoragePath path) => await fileSystems.Get(path).FindAsync(path) is { } entry ? $"found {entry.Length}" : "absent";

    private async Task<string> ListAsync(StoragePath path) => $"listed {await fileSystems.Get(path).ListAsync(path).CountAsync()}";
}
