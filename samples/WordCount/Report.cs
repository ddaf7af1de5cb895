using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cairn.Checkpoints;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace Cairn.Samples.WordCount;

/// <summary>Tells a person, or with <c>--json</c> a program, what the job does.</summary>
internal sealed class Report(IOptions<WordCountOptions> options)
{
    private readonly bool _json = options.Value.Json;
    private readonly Dictionary<int, long> _bytes = [];
    private readonly List<(CompletedCheckpoint Checkpoint, long Records, int Requests)> _completed = [];
    private RestoredCheckpoint? _restored;
    private long _skipped;
    private ProgressTask? _progress;
    private Action _result = () => { };

    /// <summary>Shows a progress bar while <paramref name="run"/> runs, and its result after that.</summary>
    public async Task<bool> ShowAsync(Func<Task<bool>> run)
    {
        if (_json)
            return await run();
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 160;
        var finished = await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                _progress = context.AddTask("counting", autoStart: true, maxValue: double.MaxValue);
                return await run();
            });
        _result();
        return finished;
    }

    public void Start(RestoredCheckpoint? restored, IReadOnlyList<WordCounter> counters, long totalBytes, int requests)
    {
        _restored = restored;
        _skipped = counters.Sum(c => c.Records);
        if (_json)
            return;
        _progress!.MaxValue = Math.Max(1, totalBytes);
        foreach (var counter in counters)
            Progress(counter);
        AnsiConsole.MarkupLineInterpolated(restored is null
            ? (FormattableString)$"[bold]Starting afresh[/]: {Size(totalBytes)} of text, {counters.Count} tasks ({requests} requests to open)."
            : $"[bold]Restored checkpoint {restored.Id}[/] from {restored.ExternalPointer}: {_skipped:N0} records are skipped ({requests} requests to open).");
    }

    public void Progress(WordCounter counter)
    {
        if (_progress is null)
            return;
        lock (_bytes)
        {
            _bytes[counter.Index] = counter.Bytes;
            _progress.Value = _bytes.Values.Sum();
        }
    }

    public void Completed(CompletedCheckpoint checkpoint, IReadOnlyList<WordCounter> counters, int requests)
    {
        var records = counters.Sum(c => c.Records);
        _completed.Add((checkpoint, records, requests));
        if (_json)
            WriteJson(writer =>
            {
                writer.WriteNumber("checkpoint", checkpoint.Id);
                writer.WriteNumber("records", records);
                writer.WriteBoolean("savepoint", checkpoint.IsSavepoint);
                writer.WriteString("pointer", checkpoint.ExternalPointer);
            });
        else if (checkpoint.IsSavepoint)
            AnsiConsole.MarkupLineInterpolated($"[bold]Savepoint {checkpoint.Id}[/]: {checkpoint.ExternalPointer}");
        else
            AnsiConsole.MarkupLineInterpolated($"checkpoint {checkpoint.Id}: {records:N0} records, durable after {checkpoint.Duration.TotalMilliseconds:N0} ms");
    }

    public void Finish(IReadOnlyList<WordCounter> counters)
    {
        var words = counters.SelectMany(c => c.Counts).GroupBy(w => w.Key, w => w.Value, StringComparer.Ordinal)
            .Select(w => (Word: w.Key, Count: w.Sum())).OrderByDescending(w => w.Count).ThenBy(w => w.Word, StringComparer.Ordinal).ToList();
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(words.Select(w => $"{w.Word} {w.Count}\n")))));
        var total = counters.Sum(c => c.Records);
        if (_json)
        {
            WriteJson(writer => Summary(writer, total, digest));
            return;
        }
        _result = () =>
        {
            AnsiConsole.Write(TopWords(words.Take(10)));
            AnsiConsole.Write(Checkpoints());
            AnsiConsole.MarkupLineInterpolated($"{total:N0} records, {words.Count:N0} different words; digest [bold]{digest}[/]");
        };
    }

    public void Stopped()
    {
        if (!_json)
            _result = () => AnsiConsole.MarkupLineInterpolated($"[bold]Stopped[/] at checkpoint {_completed.LastOrDefault().Checkpoint?.Id}; start again to go on.");
    }

    private static Table TopWords(IEnumerable<(string Word, long Count)> words)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("word").AddColumn(new TableColumn("count").RightAligned());
        foreach (var (word, count) in words)
            table.AddRow(word, $"{count:N0}");
        return table;
    }

    private Table Checkpoints()
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("checkpoint");
        foreach (var column in new[] { "metadata", "state files", "duration", "requests", "records" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var (checkpoint, records, requests) in _completed)
        {
            table.AddRow(
                $"{checkpoint.Id}", Size(checkpoint.MetadataSize), $"{checkpoint.StateFileCount} ({Size(checkpoint.StateFileSize)})",
                $"{checkpoint.Duration.TotalMilliseconds:N0} ms", $"{requests}", $"{records:N0}");
        }
        return table;
    }

    private void Summary(Utf8JsonWriter writer, long total, string digest)
    {
        if (_restored is null)
            writer.WriteNull("restoredFrom");
        else
            writer.WriteNumber("restoredFrom", _restored.Id);
        writer.WriteNumber("recordsTotal", total);
        writer.WriteNumber("recordsSkipped", _skipped);
        writer.WriteNumber("recordsProcessed", total - _skipped);
        writer.WriteString("digest", digest);
        writer.WriteNumber("checkpoints", _completed.Count);
    }

    private static void WriteJson(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        Console.Out.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
        Console.Out.Flush();
    }

    private static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{bytes / 1024.0:N1} KiB",
        _ => $"{bytes / 1024.0 / 1024.0:N1} MiB",
    };
}
