namespace Cairn.FileSystems.Drivers;

/// <summary>What the failure of a publishing request says about the file.</summary>
public enum PublishFaultKind
{
    /// <summary>No telling: a time-out, a reset, a 5xx. The request may have taken effect, or may still.</summary>
    Lost,

    /// <summary>The store did nothing: it was not reached, or it asks to try again.</summary>
    NotDone,

    /// <summary>The condition did not hold: the name is taken, or has another version.</summary>
    Refused,

    /// <summary>The request met another one and nothing was done.</summary>
    Conflict,

    /// <summary>What was to be published (the upload, the blocks) is not there, or not any more.</summary>
    Gone,

    /// <summary>Nothing was done and will be, whatever is tried: forbidden, malformed, no bucket.</summary>
    Rejected,
}

/// <summary>A failed publishing request.</summary>
/// <param name="Kind">What it says about the file.</param>
/// <param name="Error">What the caller is told when nothing better is found out.</param>
public readonly record struct PublishFault(PublishFaultKind Kind, FileSystemException Error);

/// <summary>What a look-up found under the name of a publication.</summary>
/// <param name="Entry">The file that is there.</param>
/// <param name="WriteId">The write id in its metadata; null when a stranger wrote it.</param>
public sealed record PublishedFile(FileEntry Entry, string? WriteId);
