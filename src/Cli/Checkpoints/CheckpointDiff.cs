using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;

namespace Cairn.Cli.Checkpoints;

/// <summary>The JSON of <c>diff</c>: what changed from the first checkpoint to the second.</summary>
internal sealed record DiffReport(
    DiffSide First,
    DiffSide Second,
    IReadOnlyList<OperatorDiff> Operators,
    IReadOnlyList<FileReport> FilesAdded,
    IReadOnlyList<FileReport> FilesDropped,
    int FilesKept)
{
    public bool IsSame => Operators.All(o => o.Change == "same") && FilesAdded.Count == 0 && FilesDropped.Count == 0;
}

/// <summary>One of the two.</summary>
internal sealed record DiffSide(string Pointer, long CheckpointId, int MetadataVersion, int Operators, long TotalBytes, long InlineBytes, int Files);

/// <summary>An operator in both, or in one of them.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name or uid, where one says it.</param>
/// <param name="Change"><c>same</c> (equal handles), <c>changed</c>, <c>added</c> or <c>removed</c>.</param>
/// <param name="FirstBytes">Its state in the first checkpoint.</param>
/// <param name="SecondBytes">Its state in the second one.</param>
/// <param name="FirstParallelism">Its parallelism in the first checkpoint.</param>
/// <param name="SecondParallelism">Its parallelism in the second one.</param>
internal sealed record OperatorDiff(string Id, string? Name, string Change, long? FirstBytes, long? SecondBytes, int? FirstParallelism, int? SecondParallelism);

/// <summary>Compares two checkpoints.</summary>
internal static class CheckpointDiff
{
    public static DiffReport Of(StoredCheckpoint first, StoredCheckpoint second)
    {
        var before = FilesReport.Of(first).Files.Where(f => f.Owner != "metadata").ToDictionary(f => f.Path, StringComparer.Ordinal);
        var after = FilesReport.Of(second).Files.Where(f => f.Owner != "metadata").ToDictionary(f => f.Path, StringComparer.Ordinal);
        return new DiffReport(
            Side(first),
            Side(second),
            [.. Operators(first.Metadata, second.Metadata).OrderByDescending(o => Math.Max(o.FirstBytes ?? 0, o.SecondBytes ?? 0))],
            [.. after.Values.Where(f => !before.ContainsKey(f.Path))],
            [.. before.Values.Where(f => !after.ContainsKey(f.Path))],
            after.Keys.Count(before.ContainsKey));
    }

    private static DiffSide Side(StoredCheckpoint checkpoint)
    {
        var size = StateSize.Of(StateHandleWalk.Streams(checkpoint.Metadata));
        return new DiffSide(
            checkpoint.MetadataPath.ToString(), checkpoint.Metadata.CheckpointId, checkpoint.Metadata.Version, checkpoint.Metadata.Operators.Length, size.Total, size.Inline, size.Files);
    }

    private static IEnumerable<OperatorDiff> Operators(CheckpointMetadata first, CheckpointMetadata second)
    {
        var before = first.Operators.DistinctBy(o => o.Id).ToDictionary(o => o.Id);
        var after = second.Operators.DistinctBy(o => o.Id).ToDictionary(o => o.Id);
        foreach (var id in before.Keys.Union(after.Keys))
        {
            var (old, now) = (before.GetValueOrDefault(id), after.GetValueOrDefault(id));
            yield return new OperatorDiff(
                id.ToString(), now?.Name ?? now?.Uid ?? old?.Name ?? old?.Uid,
                old is null ? "added" : now is null ? "removed" : old == now ? "same" : "changed",
                Bytes(old), Bytes(now), old?.Parallelism, now?.Parallelism);
        }
    }

    private static long? Bytes(OperatorState? state) => state is null ? null : StateSize.Of(StateHandleWalk.Streams(state)).Total;
}
