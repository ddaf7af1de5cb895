using System.Security.Cryptography;

namespace Cairn.FileSystems.Drivers;

/// <summary>
/// One file that is about to appear: the request that publishes it and the look-up that tells whether it did.
/// A provider derives one for each kind of publishing request; <see cref="CommitSettlement"/> runs it.
/// </summary>
public abstract class Publication
{
    /// <summary>For providers.</summary>
    /// <param name="path">The name of the file.</param>
    /// <param name="mode">On what condition it may appear; the request carries it.</param>
    /// <param name="writeId">An id of this write alone (<see cref="NewWriteId"/>), which the file carries in its metadata.</param>
    protected Publication(StoragePath path, WriteMode mode, string writeId)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(mode);
        ArgumentException.ThrowIfNullOrEmpty(writeId);
        Path = path;
        Mode = mode;
        WriteId = writeId;
    }

    /// <summary>The name of the file.</summary>
    public StoragePath Path { get; }

    /// <summary>On what condition it may appear.</summary>
    public WriteMode Mode { get; }

    /// <summary>What tells this write from every other one.</summary>
    public string WriteId { get; }

    /// <summary>Whether the same request may be sent again after a <see cref="PublishFaultKind.Conflict"/>; S3 asks for a new upload where it was a completion.</summary>
    public virtual bool RepeatsAfterConflict => true;

    /// <summary>Bytes that the publishing request carries, which it may take its time for.</summary>
    public virtual long Length => 0;

    /// <summary>
    /// A new write id, 32 hex digits. Not from an injected <see cref="Random"/>: two processes with one seed would take each other's files for their own.
    /// </summary>
    public static string NewWriteId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Sends the publishing request once, the same one each time, and returns the entry of the file that appeared. Throws what the SDK throws.</summary>
    public abstract Task<FileEntry> SendAsync(CancellationToken cancellationToken);

    /// <summary>What is under the name now, with its write id; null when nothing is. One request.</summary>
    /// <exception cref="FileSystemException">It could not be found out.</exception>
    public abstract Task<PublishedFile?> LookUpAsync(CancellationToken cancellationToken);

    /// <summary>What an exception of <see cref="SendAsync"/> says about the file.</summary>
    public abstract PublishFault Judge(Exception exception);
}
