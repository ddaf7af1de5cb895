using Cairn.Cli.Files;

namespace Cairn.Cli.Checkpoints.Orphans;

/// <summary>The JSON of <c>orphans</c>; written orphan by orphan, so that it takes no memory. What follows <see cref="Orphans"/> counts while they are told.</summary>
/// <param name="Root">Where orphans were looked for.</param>
/// <param name="References">Further places whose checkpoints were read.</param>
/// <param name="DryRun">Whether nothing was to be deleted.</param>
/// <param name="OlderThanSeconds">How old an orphan is at least.</param>
/// <param name="Now">The time by the clock that ages were measured with.</param>
/// <param name="Clock"><c>store</c>; or <c>local</c> in a dry run where the store lets nothing be written.</param>
internal sealed record OrphansReport(string Root, IReadOnlyList<string> References, bool DryRun, double OlderThanSeconds, DateTimeOffset Now, string Clock)
{
    private const int KeptProblems = 100;

    /// <summary>Files that nothing needs; with <c>--delete</c> they are gone when they are told. Can be read once.</summary>
    public required IAsyncEnumerable<OrphanFile> Orphans { get; set; }

    /// <summary>Their bytes.</summary>
    public required long OrphanBytes { get; set; }

    /// <summary>How many were deleted.</summary>
    public required long Deleted { get; set; }

    /// <summary>How many <c>_metadata</c> there were when the last were read.</summary>
    public required int Checkpoints { get; set; }

    /// <summary>Files that a checkpoint needs.</summary>
    public required long Needed { get; set; }

    /// <summary>Files that nothing needs yet, and that are too young to say that nothing will.</summary>
    public required long TooYoung { get; set; }

    /// <summary>How many could not be deleted.</summary>
    public required long Failed { get; set; }

    /// <summary>Why, for the first hundred.</summary>
    public required IList<FileProblem> Problems { get; init; }

    public void Fail(string path, string problem)
    {
        if (++Failed <= KeptProblems)
            Problems.Add(new FileProblem(path, problem));
    }
}

/// <summary>A file that nothing needs.</summary>
internal sealed record OrphanFile(string Path, long Bytes, DateTimeOffset Modified);
