using Cairn.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints.Orphans;

/// <summary>
/// What checkpoints need: their files, and the directories that they keep alive. Grows, and never forgets. A file counts as needed also when only
/// its path from the job's id on is the same, so that another spelling of the store, another mount or a link never makes an orphan.
/// </summary>
internal sealed class ReferencedPaths
{
    private static readonly string[] AzureHosts = [".blob.", ".dfs."];

    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _tails = new(StringComparer.Ordinal);

    /// <exception cref="CheckpointException">Not every file of the checkpoint can be told.</exception>
    public void Add(StoredCheckpoint checkpoint)
    {
        foreach (var file in NeededFiles.Of(checkpoint))
            Add(file.Path);
        foreach (var directory in StateHandleWalk.Directories(checkpoint.Metadata))
            Add(NeededFiles.Parse(directory, checkpoint));
    }

    /// <summary>Whether a file is needed, or lies below a directory that is.</summary>
    /// <param name="file">The file.</param>
    /// <param name="tail">Its path from the job's id on.</param>
    public bool Needs(StoragePath file, string tail) => JobPath.Ancestors(tail).Any(_tails.Contains) || JobPath.Ancestors(Canonical(file)).Any(_paths.Contains);

    private void Add(StoragePath path)
    {
        _paths.Add(Canonical(path));
        foreach (var tail in JobPath.Tails(path))
            _tails.Add(tail);
    }

    /// <summary>One text for every spelling of the same place: <c>s3a:</c> is <c>s3:</c>, and an account's two hosts are one.</summary>
    private static string Canonical(StoragePath path)
    {
        var scheme = path.Scheme?.ToLowerInvariant() ?? "";
        var authority = path.Authority?.ToLowerInvariant() ?? "";
        var store = scheme switch
        {
            "s3" or "s3a" or "s3n" or "s3p" => $"s3:{authority}",
            "abfs" or "abfss" or "wasb" or "wasbs" or "az" => $"azure:{AzureHosts.Aggregate(authority, (text, host) => text.Replace(host, ".", StringComparison.Ordinal))}",
            _ => $"{scheme}:{authority}",
        };
        return path.Key.Length == 0 ? store : $"{store}/{path.Key}";
    }
}
