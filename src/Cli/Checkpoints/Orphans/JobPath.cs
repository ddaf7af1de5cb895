using Cairn.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints.Orphans;

/// <summary>How paths lie in the directories of jobs: <c>…/&lt;job&gt;/chk-N/…</c>, <c>…/&lt;job&gt;/shared/…</c>.</summary>
internal static class JobPath
{
    /// <summary>
    /// The part of a file's path from its job's id on, when it is one that an orphan may have: in a checkpoint's directory or in <c>shared</c>.
    /// Null for everything else, <c>taskowned</c> above all.
    /// </summary>
    /// <param name="root">The root that was listed.</param>
    /// <param name="file">A file below it.</param>
    /// <param name="isJob">Whether the root itself is a job's directory.</param>
    public static string? Qualifying(StoragePath root, StoragePath file, bool isJob)
    {
        var segments = file.Key.Split('/');
        var first = root.Key.Length == 0 ? 0 : root.Key.Split('/').Length;
        var job = isJob ? first - 1 : Array.FindIndex(segments, first, IsJob);
        // At least the job, chk-N or shared, and a name.
        if (job < 0 || job + 2 >= segments.Length)
            return null;
        return IsStateDirectory(segments[job + 1]) ? string.Join('/', segments[job..]) : null;
    }

    /// <summary>The parts of a path from each job's id in it on: a file in another spelling of its root, or behind a link, has the same one.</summary>
    public static IEnumerable<string> Tails(StoragePath path)
    {
        var segments = path.Key.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            if (IsJob(segments[i]))
                yield return string.Join('/', segments[i..]);
        }
    }

    /// <summary>A path and every directory above it.</summary>
    public static IEnumerable<string> Ancestors(string path)
    {
        yield return path;
        for (var slash = path.LastIndexOf('/'); slash >= 0; slash = path.LastIndexOf('/'))
            yield return path = path[..slash];
    }

    public static bool IsJob(string name) => JobId.TryParse(name, out _);

    private static bool IsStateDirectory(string name) => name == CheckpointDirectories.SharedName || CheckpointDirectories.CheckpointId(name) is not null;
}
