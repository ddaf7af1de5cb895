using Cairn.Cli.Files;

namespace Cairn.Cli.Checkpoints.Orphans;

/// <summary>The JSON of <c>orphans</c>.</summary>
/// <param name="Root">Where orphans were looked for.</param>
/// <param name="References">Further places whose checkpoints were read.</param>
/// <param name="DryRun">Whether nothing was to be deleted.</param>
/// <param name="OlderThanSeconds">How old an orphan is at least.</param>
/// <param name="Now">The time by the clock that ages were measured with.</param>
/// <param name="Clock"><c>store</c>; or <c>local</c> in a dry run where the store lets nothing be written.</param>
/// <param name="Checkpoints">How many <c>_metadata</c> were read.</param>
/// <param name="Needed">Old files that a checkpoint needs.</param>
/// <param name="TooYoung">Files that nothing needs yet, and that are too young to say that nothing will.</param>
/// <param name="Orphans">Files that nothing needs.</param>
/// <param name="OrphanBytes">Their bytes.</param>
/// <param name="Deleted">How many were deleted.</param>
/// <param name="Problems">What could not be deleted, and why.</param>
internal sealed record OrphansReport(
    string Root,
    IReadOnlyList<string> References,
    bool DryRun,
    double OlderThanSeconds,
    DateTimeOffset Now,
    string Clock,
    int Checkpoints,
    long Needed,
    long TooYoung,
    IReadOnlyList<OrphanFile> Orphans,
    long OrphanBytes,
    long Deleted,
    IReadOnlyList<FileProblem> Problems);

/// <summary>A file that nothing needs.</summary>
internal sealed record OrphanFile(string Path, long Bytes, DateTimeOffset Modified);
