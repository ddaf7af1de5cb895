using Cairn.Checkpoints;
using Spectre.Console;

namespace Cairn.Samples.WordCount;

/// <summary>Tells a person: a progress bar in a terminal, plain lines in a pipe, and the result after that.</summary>
internal sealed class TerminalReport : IReport
{
    private readonly List<(CompletedCheckpoint Checkpoint, long Records, int Requests)> _completed = [];
    private IReadOnlyList<WordCounter> _counters = [];
    private WordCounts? _result;

    public async Task<bool> ShowAsync(Func<Task<bool>> job)
    {
        // A pipe has no edge to break lines at.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 1000;
        var finished = await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("counting", maxValue: 1);
                await using var refresh = new Timer(_ => Show(bar), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(100));
                var finished = await job();
                Show(bar);
                return finished;
            });
        if (_result is { } result)
            Show(result);
        else
            AnsiConsole.MarkupLineInterpolated($"[bold]Stopped[/] at {_counters.Sum(c => c.Records):N0} records; start again to go on.");
        return finished;
    }

    public void Started(RestoredCheckpoint? restored, IReadOnlyList<WordCounter> counters, int requests)
    {
        _counters = counters;
        var length = Size(counters.Sum(c => c.Length));
        AnsiConsole.MarkupLineInterpolated(restored is null
            ? (FormattableString)$"[bold]Starting afresh[/]: {length} of text, {counters.Count} tasks ({requests} requests to open)."
            : $"[bold]Restored checkpoint {restored.Id}[/]: {counters.Sum(c => c.Records):N0} records are skipped ({requests} requests to open).\n{restored.ExternalPointer}");
    }

    public void Completed(CompletedCheckpoint checkpoint, long records, int requests)
    {
        _completed.Add((checkpoint, records, requests));
        AnsiConsole.MarkupLineInterpolated(checkpoint.IsSavepoint
            ? (FormattableString)$"[bold]savepoint {checkpoint.Id}[/]: {records:N0} records\n{checkpoint.ExternalPointer}"
            : $"checkpoint {checkpoint.Id}: {records:N0} records, durable after {checkpoint.Duration.TotalMilliseconds:N0} ms");
    }

    public void Finished(WordCounts result) => _result = result;

    private void Show(ProgressTask bar) => bar.Value = _counters.Sum(c => c.Bytes) / Math.Max(1.0, _counters.Sum(c => c.Length));

    private void Show(WordCounts result)
    {
        AnsiConsole.Write(TopWords(result));
        AnsiConsole.Write(Checkpoints());
        AnsiConsole.MarkupLineInterpolated($"{result.Records:N0} records, {result.Words.Count:N0} different words\ndigest [bold]{result.Digest()}[/]");
    }

    private static Table TopWords(WordCounts result)
    {
        var table = Table("word", "count");
        foreach (var (word, count) in result.Words.Take(10))
            table.AddRow(Markup.Escape(word), $"{count:N0}");
        return table;
    }

    private Table Checkpoints()
    {
        var table = Table("checkpoint", "size", "files", "duration", "requests", "records");
        foreach (var (checkpoint, records, requests) in _completed)
        {
            table.AddRow(
                $"{checkpoint.Id}", Size(checkpoint.MetadataSize + checkpoint.StateFileSize), $"{checkpoint.StateFileCount + 1}",
                $"{checkpoint.Duration.TotalMilliseconds:N0} ms", $"{requests}", $"{records:N0}");
        }
        return table;
    }

    private static Table Table(string name, params string[] numbers)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(name);
        foreach (var number in numbers)
            table.AddColumn(new TableColumn(number).RightAligned());
        return table;
    }

    private static string Size(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => $"{bytes / 1024.0:N1} KiB",
        _ => $"{bytes / 1024.0 / 1024.0:N1} MiB",
    };
}
