using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints;

/// <summary>The JSON of <c>files</c>.</summary>
/// <param name="Pointer">The <c>_metadata</c>.</param>
/// <param name="Bytes">Bytes of all files that the checkpoint needs, as far as they are known.</param>
/// <param name="Files">The files.</param>
/// <param name="Directories">The directories that they lie in, with how much of them is needed; of other checkpoints, above all.</param>
internal sealed record FilesReport(string Pointer, long Bytes, IReadOnlyList<FileReport> Files, IReadOnlyList<DirectoryReport> Directories)
{
    public static FilesReport Of(StoredCheckpoint checkpoint)
    {
        var files = NeededFiles.Of(checkpoint);
        return new FilesReport(
            checkpoint.MetadataPath.ToString(),
            files.Sum(f => f.StateBytes),
            [.. files.Select(f => new FileReport(f.Path.ToString(), f.Length, f.StateBytes, Name(f.Owner)))],
            [.. files.GroupBy(f => f.Directory).Select(Of).OrderByDescending(d => d.Bytes).ThenBy(d => d.Path, StringComparer.Ordinal)]);
    }

    private static DirectoryReport Of(IGrouping<StoragePath, NeededFile> files)
    {
        var owner = files.Select(f => f.Owner).FirstOrDefault(o => o != FileOwner.Metadata);
        return new DirectoryReport(files.Key.ToString(), Name(owner == FileOwner.Metadata ? FileOwner.Own : owner), files.Count(), files.Sum(f => f.StateBytes));
    }

    public static string Name(FileOwner owner) => owner switch
    {
        FileOwner.Metadata => "metadata",
        FileOwner.Own => "own",
        FileOwner.Shared => "shared",
        FileOwner.TaskOwned => "taskowned",
        FileOwner.OtherCheckpoint => "otherCheckpoint",
        _ => "elsewhere",
    };
}

/// <summary>One file.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Length">Its length in bytes; null where the metadata does not say it (files of segments).</param>
/// <param name="Bytes">How many bytes of it are needed, as far as they are known.</param>
/// <param name="Owner"><c>metadata</c>, <c>own</c>, <c>shared</c>, <c>taskowned</c>, <c>otherCheckpoint</c> or <c>elsewhere</c>.</param>
internal sealed record FileReport(string Path, long? Length, long Bytes, string Owner);

/// <summary>A directory with needed files.</summary>
internal sealed record DirectoryReport(string Path, string Owner, int Files, long Bytes);
