using System.Text.Json.Nodes;
using Cairn.Checkpoints;

namespace Cairn.Samples.WordCount;

/// <summary>Tells a program, one line of JSON at a time; the last one is the result.</summary>
internal sealed class JsonReport : IReport
{
    private long? _restoredFrom;
    private long _skipped;
    private int _checkpoints;

    public Task<bool> ShowAsync(Func<Task<bool>> job) => job();

    public void Started(RestoredCheckpoint? restored, IReadOnlyList<WordCounter> counters, int requests)
    {
        _restoredFrom = restored?.Id;
        _skipped = counters.Sum(c => c.Records);
        Print(new() { ["restoredFrom"] = _restoredFrom, ["recordsSkipped"] = _skipped, ["requests"] = requests });
    }

    public void Completed(CompletedCheckpoint checkpoint, long records, int requests)
    {
        _checkpoints++;
        Print(new()
        {
            ["checkpoint"] = checkpoint.Id,
            ["records"] = records,
            ["savepoint"] = checkpoint.IsSavepoint,
            ["pointer"] = checkpoint.ExternalPointer,
            ["bytes"] = checkpoint.MetadataSize + checkpoint.StateFileSize,
            ["milliseconds"] = checkpoint.Duration.TotalMilliseconds,
            ["requests"] = requests,
        });
    }

    public void Finished(WordCounts result) => Print(new()
    {
        ["restoredFrom"] = _restoredFrom,
        ["recordsTotal"] = result.Records,
        ["recordsSkipped"] = _skipped,
        ["recordsProcessed"] = result.Records - _skipped,
        ["digest"] = result.Digest(),
        ["checkpoints"] = _checkpoints,
    });

    private static void Print(JsonObject line)
    {
        Console.Out.WriteLine(line.ToJsonString());
        Console.Out.Flush();
    }
}
