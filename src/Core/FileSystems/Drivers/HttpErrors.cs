namespace Cairn.FileSystems.Drivers;

/// <summary>What HTTP's own words mean; the same for every store that speaks it.</summary>
public static class HttpErrors
{
    /// <summary>What an answer of <paramref name="status"/> means where the store gives no reason that says more.</summary>
    /// <param name="status">HTTP's status code.</param>
    public static FileSystemErrorCode CodeOf(int status) => status switch
    {
        401 => FileSystemErrorCode.Unauthenticated,
        403 => FileSystemErrorCode.PermissionDenied,
        404 => FileSystemErrorCode.NotFound,
        405 or 501 => FileSystemErrorCode.NotSupported,
        408 => FileSystemErrorCode.Unavailable,
        409 => FileSystemErrorCode.Conflict,
        412 => FileSystemErrorCode.PreconditionFailed,
        429 => FileSystemErrorCode.Throttled,
        >= 500 => FileSystemErrorCode.Unavailable,
        _ => FileSystemErrorCode.Unknown,
    };
}
