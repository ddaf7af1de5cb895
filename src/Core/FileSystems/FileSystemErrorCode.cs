namespace Cairn.FileSystems;

/// <summary>Why a file system refused or failed; the same words on every store.</summary>
public enum FileSystemErrorCode
{
    /// <summary>The store failed in a way that has no code of its own; the inner exception says more.</summary>
    Unknown,

    /// <summary>The file, or the bucket or container, is not there. The message says which.</summary>
    NotFound,

    /// <summary>A <see cref="WriteMode.Create"/> found the name taken.</summary>
    AlreadyExists,

    /// <summary>A <see cref="WriteMode.Replace"/>, or a read with <see cref="ReadOptions.IfMatch"/>, found another version than expected.</summary>
    PreconditionFailed,

    /// <summary>Two requests met and the store refused both or one; nothing was published. Transient: write again.</summary>
    Conflict,

    /// <summary>The commit was sent and its outcome could not be found out. The name is not to be used again, and nothing is to be deleted.</summary>
    OutcomeUnknown,

    /// <summary>The credentials are valid and do not allow this.</summary>
    PermissionDenied,

    /// <summary>There are no credentials, or they are wrong or expired.</summary>
    Unauthenticated,

    /// <summary>The store, or a limit of this process, asks for fewer requests. Transient.</summary>
    Throttled,

    /// <summary>The store cannot be reached, timed out or failed internally. Transient.</summary>
    Unavailable,

    /// <summary>The path is malformed, belongs to another file system or cannot be a name on this store. Nothing was sent.</summary>
    InvalidPath,

    /// <summary>This store or this configuration cannot do it; the message says which setting would.</summary>
    NotSupported,

    /// <summary>What came back is not what was stored: a checksum, a length or a range disagrees.</summary>
    Corrupt,

    /// <summary>The file was replaced while it was being read.</summary>
    Changed,

    /// <summary>No room is left: a disk or a quota is full. Somebody has to make room; it is not transient.</summary>
    NoSpace,
}
