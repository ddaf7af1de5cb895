using Cairn.Checkpoints;

namespace Cairn.Cli.Checkpoints;

/// <summary>The JSON of <c>checkpoints</c>.</summary>
internal sealed record CheckpointsReport(string Directory, IReadOnlyList<CheckpointReport> Checkpoints);

/// <summary>One checkpoint or savepoint.</summary>
/// <param name="Id">Its id; null for a savepoint that cannot be read.</param>
/// <param name="Kind"><c>checkpoint</c> or <c>savepoint</c>.</param>
/// <param name="State"><c>completed</c>, <c>incomplete</c> (under way, or never finished) or <c>unreadable</c>.</param>
/// <param name="Pointer">What restores it.</param>
/// <param name="Job">The id of the job whose directory it lies in; null elsewhere.</param>
/// <param name="MetadataVersion">The version of the format.</param>
/// <param name="Operators">How many operators.</param>
/// <param name="OwnBytes">Bytes in its own directory, <c>_metadata</c> included.</param>
/// <param name="SharedBytes">Bytes that it needs of files elsewhere; null when not all files can be told.</param>
/// <param name="Files">How many files it needs; null when not all can be told.</param>
/// <param name="Completed">When its <c>_metadata</c> was written, by the store's clock.</param>
/// <param name="Problem">Why it cannot be read.</param>
internal sealed record CheckpointReport(
    long? Id,
    string Kind,
    string State,
    string Pointer,
    string? Job,
    int? MetadataVersion,
    int? Operators,
    long? OwnBytes,
    long? SharedBytes,
    int? Files,
    DateTimeOffset? Completed,
    string? Problem)
{
    public static CheckpointReport Of(CatalogueEntry entry)
    {
        var isSavepoint = entry.Checkpoint?.IsSavepoint ?? CheckpointDirectories.CheckpointId(entry.Directory.Name) is null;
        var files = entry.Checkpoint is { } checkpoint ? FilesOf(checkpoint) : null;
        return new CheckpointReport(
            entry.Id,
            isSavepoint ? "savepoint" : "checkpoint",
            entry.Checkpoint is not null ? "completed" : entry.Problem is not null ? "unreadable" : "incomplete",
            entry.Directory.ToString(),
            entry.Directory.Parent is { } parent && JobId.TryParse(parent.Name, out var job) ? job.ToString() : null,
            entry.Checkpoint?.Metadata.Version,
            entry.Checkpoint?.Metadata.Operators.Length,
            files?.Where(f => f.Owner is FileOwner.Own or FileOwner.Metadata).Sum(f => f.StateBytes) ?? entry.Checkpoint?.Content.Length,
            files?.Where(f => f.Owner is not (FileOwner.Own or FileOwner.Metadata)).Sum(f => f.StateBytes),
            files?.Count,
            entry.MetadataFile?.LastModified,
            entry.Problem);
    }

    private static IReadOnlyList<NeededFile>? FilesOf(StoredCheckpoint checkpoint)
    {
        try
        {
            return NeededFiles.Of(checkpoint);
        }
        catch (CheckpointException)
        {
            return null;
        }
    }
}
