using Cairn.FileSystems;

namespace Cairn.Cli.Checkpoints;

/// <summary>Whose a file is that a checkpoint needs.</summary>
internal enum FileOwner
{
    /// <summary>The <c>_metadata</c> itself.</summary>
    Metadata,

    /// <summary>It lies in the checkpoint's own directory.</summary>
    Own,

    /// <summary>It lies in a directory <c>shared</c>, for several checkpoints.</summary>
    Shared,

    /// <summary>It lies in a directory <c>taskowned</c>, whose tasks delete it themselves.</summary>
    TaskOwned,

    /// <summary>It lies in the directory of another checkpoint.</summary>
    OtherCheckpoint,

    /// <summary>It lies anywhere else.</summary>
    Elsewhere,
}

/// <summary>A file that a checkpoint needs.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Length">Its exact length in bytes, or null where the metadata does not say it: of a file of segments, or of unknown size.</param>
/// <param name="LeastLength">The length that it has at least.</param>
/// <param name="StateBytes">How many of its bytes this checkpoint needs, as far as they are known.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Directory">The directory that it belongs to: the checkpoint's, <c>shared</c> …</param>
internal sealed record NeededFile(StoragePath Path, long? Length, long LeastLength, long StateBytes, FileOwner Owner, StoragePath Directory)
{
    /// <summary>What is wrong with the file as it was found, or null.</summary>
    public string? Problem(FileEntry? found)
    {
        if (found is null)
            return "missing";
        if (Length is { } exact && found.Length != exact)
            return $"has {found.Length} bytes instead of {exact}";
        return found.Length < LeastLength ? $"has {found.Length} bytes, {LeastLength} are needed" : null;
    }
}
