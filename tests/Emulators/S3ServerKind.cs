namespace Cairn.Emulators;

/// <summary>Which of the S3 servers that differ a test asks for.</summary>
public enum S3ServerKind
{
    /// <summary>
    /// Whichever this machine has; on a stable distribution an older radosgw, which lacks much of <see cref="S3Traits"/>: the weak server
    /// that must not hurt a user.
    /// </summary>
    Any,

    /// <summary>One with all of <see cref="S3Traits"/>, as Amazon's own has them.</summary>
    Strict,
}
