using System.Xml;
using Azure;
using Azure.Identity;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.Azure;

/// <summary>What Azure's error codes mean in the words of <see cref="FileSystemErrorCode"/>, and for a file that was being published.</summary>
internal static class AzureErrors
{
    /// <summary>The exception that a verb throws for <paramref name="exception"/>.</summary>
    public static FileSystemException Translate(StoragePath path, Exception exception) => exception switch
    {
        FileSystemException known => known,
        RequestFailedException { Status: 0 } => TransportErrors.Unavailable(path, "Azure", exception),
        RequestFailedException e => FromAnswer(path, e, RequestId(e)),
        AuthenticationFailedException e => new(FileSystemErrorCode.Unauthenticated, $"There are no Azure credentials for '{path}': {FirstLine(e.Message)}", path, e),
        XmlException => TransportErrors.Unavailable(path, "Azure", exception),
        AggregateException { InnerException: { } inner } when TransportErrors.IsTransport(inner) || inner is RequestFailedException => Translate(path, inner),
        _ when TransportErrors.IsTransport(exception) => TransportErrors.Unavailable(path, "Azure", exception),
        _ => new(FileSystemErrorCode.Unknown, $"Azure failed for '{path}': {exception.Message}", path, exception),
    };

    /// <summary>What <paramref name="exception"/>, thrown by a publishing request, says about the file.</summary>
    public static PublishFault Judge(StoragePath path, WriteMode mode, Exception exception)
    {
        var error = Translate(path, exception);
        // Whether a blob is there is for the look-up to say: Azurite takes blocks that nobody committed for one.
        if (error.Code == FileSystemErrorCode.AlreadyExists && mode == WriteMode.Create)
            return new(PublishFaultKind.Conflict, error);
        if (error.Code is FileSystemErrorCode.PreconditionFailed or FileSystemErrorCode.AlreadyExists)
            return new(PublishFaultKind.Refused, Refusal(path, mode, error));
        var answer = exception as RequestFailedException;
        if (answer?.ErrorCode is "InvalidBlockList" or "InvalidBlockId")
            return new(PublishFaultKind.Gone, error);
        if (answer?.Status == 429 || TransportErrors.WasNeverSent(exception))
            return new(PublishFaultKind.NotDone, error);
        if (error.Code == FileSystemErrorCode.Conflict)
            return new(PublishFaultKind.Conflict, error);
        var isRejected = (answer?.Status is >= 400 and < 500 && !error.IsTransient) || !(error.IsTransient || error.Code == FileSystemErrorCode.Unknown);
        return new(isRejected ? PublishFaultKind.Rejected : PublishFaultKind.Lost, error);
    }

    /// <summary>The exception for a part of a batch that was answered with an error.</summary>
    public static FileSystemException OfAnswer(StoragePath path, int status, string? errorCode, string? requestId) =>
        FromAnswer(path, new RequestFailedException(status, "A request in a batch failed.", errorCode, null), requestId);

    /// <summary>Whether it is the blob that is not there; a missing container is another matter.</summary>
    public static bool IsAbsentBlob(string? errorCode) => errorCode is "BlobNotFound" or "ResourceNotFound";

    /// <summary>Whether a directory of a hierarchical account was to be deleted that is not empty.</summary>
    public static bool IsFilledDirectory(string? errorCode) => errorCode is "DirectoryIsNotEmpty";

    /// <summary>Whether it is the container that is not there.</summary>
    public static bool IsMissingContainer(string? errorCode) => errorCode is "ContainerNotFound" or "ContainerBeingDeleted";

    private static FileSystemException FromAnswer(StoragePath path, RequestFailedException e, string? requestId)
    {
        var code = CodeOf(e);
        var message = code switch
        {
            _ when IsMissingContainer(e.ErrorCode) => $"There is no container '{path.Authority}', so '{path}' cannot be reached.",
            FileSystemErrorCode.NotFound => $"There is no file '{path}'.",
            _ => $"Azure answered {e.Status} {e.ErrorCode} for '{path}': {FirstLine(e.Message)}",
        };
        return new(code, message, path, e) { RequestId = requestId };
    }

    private static FileSystemErrorCode CodeOf(RequestFailedException e) => e.ErrorCode switch
    {
        "BlobNotFound" or "ContainerNotFound" or "ContainerBeingDeleted" or "ResourceNotFound" => FileSystemErrorCode.NotFound,
        "BlobAlreadyExists" => FileSystemErrorCode.AlreadyExists,
        "ConditionNotMet" or "TargetConditionNotMet" or "SourceConditionNotMet" => FileSystemErrorCode.PreconditionFailed,
        "AuthenticationFailed" or "NoAuthenticationInformation" or "InvalidAuthenticationInfo" => FileSystemErrorCode.Unauthenticated,
        "AuthorizationFailure" or "AuthorizationPermissionMismatch" or "InsufficientAccountPermissions" or "AccountIsDisabled" or "PublicAccessNotPermitted"
            or "AuthorizationSourceIPMismatch" => FileSystemErrorCode.PermissionDenied,
        "ServerBusy" => FileSystemErrorCode.Throttled,
        "InternalError" or "OperationTimedOut" => FileSystemErrorCode.Unavailable,
        "InvalidBlockList" or "InvalidBlockId" => FileSystemErrorCode.Conflict,
        "InvalidResourceName" or "OutOfRangeInput" or "InvalidUri" => FileSystemErrorCode.InvalidPath,
        "Md5Mismatch" or "Crc64Mismatch" => FileSystemErrorCode.Corrupt,
        "BlobArchived" or "BlobImmutableDueToPolicy" or "InvalidBlobType" or "SnapshotsPresent" or "LeaseIdMissing" or "RequestBodyTooLarge"
            or "BlockCountExceedsLimit" => FileSystemErrorCode.NotSupported,
        // Azure always says a code. What has none comes from something on the way, or from Azurite when the first byte of a block list arrives alone.
        null or "" when e.Status == 400 => FileSystemErrorCode.Unavailable,
        _ => HttpErrors.CodeOf(e.Status),
    };

    private static FileSystemException Refusal(StoragePath path, WriteMode mode, FileSystemException error)
    {
        var (code, message) = mode.ExpectedETag is { } expected
            ? (FileSystemErrorCode.PreconditionFailed, FileSystemException.PreconditionFailed(path, expected).Message)
            : (FileSystemErrorCode.AlreadyExists, FileSystemException.AlreadyExists(path).Message);
        return new(code, message, path, error.InnerException) { RequestId = error.RequestId };
    }

    private static string? RequestId(RequestFailedException e) =>
        e.GetRawResponse() is { } answer && answer.Headers.TryGetValue("x-ms-request-id", out var id) ? id : null;

    private static string FirstLine(string message) => message.AsSpan().IndexOfAny('\r', '\n') is > 0 and var end ? message[..end] : message;
}
