using System.Net;
using System.Xml;
using Amazon.Runtime;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.S3;

/// <summary>What S3's error codes mean in the words of <see cref="FileSystemErrorCode"/>, and for a file that was being published.</summary>
internal static class S3Errors
{
    public const string NoSuchBucket = "NoSuchBucket";
    public const string NoSuchUpload = "NoSuchUpload";

    /// <summary>
    /// What Ceph answers, with a 500, to a PUT with If-Match that another one overtook after the condition was checked: an error number that it
    /// has no name for. Nothing was written.
    /// </summary>
    private const string CephLostRace = "UnknownError";

    /// <summary>The exception that a verb throws for <paramref name="exception"/>.</summary>
    public static FileSystemException Translate(StoragePath path, Exception exception) => exception switch
    {
        FileSystemException known => known,
        _ when IsOutOfStep(exception) => TransportErrors.Unavailable(path, "S3", exception),
        AmazonServiceException e when e.StatusCode != default || !string.IsNullOrEmpty(e.ErrorCode) => FromAnswer(path, e),
        AmazonUnmarshallingException or XmlException => TransportErrors.Unavailable(path, "S3", exception),
        AmazonClientException e when e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase) =>
            new(FileSystemErrorCode.Unauthenticated, $"There are no S3 credentials for '{path}'{Reason(e.Message)}", path, e),
        _ when TransportErrors.IsTransport(exception) => TransportErrors.Unavailable(path, "S3", exception),
        _ => new(FileSystemErrorCode.Unknown, $"S3 failed for '{path}': {exception.Message}", path, exception),
    };

    /// <summary>What <paramref name="exception"/>, thrown by a publishing request, says about the file.</summary>
    public static PublishFault Judge(StoragePath path, WriteMode mode, Exception exception)
    {
        var error = Translate(path, exception);
        var (status, code) = exception is AmazonServiceException e ? (e.StatusCode, e.ErrorCode) : default;
        if (error.Code == FileSystemErrorCode.PreconditionFailed || (mode.ExpectedETag is not null && code == "NoSuchKey"))
            return new(PublishFaultKind.Refused, Refusal(path, mode, exception));
        if (code == NoSuchUpload)
            return new(PublishFaultKind.Gone, error);
        if (error.Code == FileSystemErrorCode.Conflict || (mode.ExpectedETag is not null && code == CephLostRace))
            return new(PublishFaultKind.Conflict, error);
        // A refused connection says nothing here: the SDK sends a request again by itself when its connection drops, whatever its retries are set to,
        // and tells only how the second time went.
        // A 404 whose reason did not arrive: the file under a condition, the upload and the bucket are all possible. Asked again, the server says.
        var isWithoutReason = code == nameof(HttpStatusCode.NotFound);
        if (isWithoutReason || status == HttpStatusCode.TooManyRequests || code == "RequestTimeout")
            return new(PublishFaultKind.NotDone, error);
        var isRejected = ((int)status is >= 400 and < 500 && !IsOutOfStep(exception)) || !(error.IsTransient || error.Code == FileSystemErrorCode.Unknown);
        return new(isRejected ? PublishFaultKind.Rejected : PublishFaultKind.Lost, error);
    }

    /// <summary>A bucket that is not there, named.</summary>
    public static FileSystemException MissingBucket(StoragePath path, Exception exception) =>
        new(FileSystemErrorCode.NotFound, $"There is no bucket '{path.Authority}', so '{path}' cannot be reached.", path, exception) { RequestId = RequestId(exception) };

    /// <summary>The error of one key of a batch, by S3's <paramref name="code"/> for it.</summary>
    public static FileSystemException OfKey(StoragePath path, string code, string message) =>
        new(CodeOf(code, HttpStatusCode.OK), $"S3 answered {code} for '{path}'{Reason(message)}", path);

    /// <summary>
    /// A 400 without a reason and without a request id: the server took the unread body of a request that it had refused for the next request on that
    /// connection (Ceph). Whether it then looked at ours, there is no telling.
    /// </summary>
    private static bool IsOutOfStep(Exception exception) =>
        exception is AmazonServiceException { StatusCode: HttpStatusCode.BadRequest, ErrorCode: "BadRequest", RequestId: null or "" };

    private static FileSystemException FromAnswer(StoragePath path, AmazonServiceException e)
    {
        if (e.ErrorCode == NoSuchBucket)
            return MissingBucket(path, e);
        var code = CodeOf(e.ErrorCode, e.StatusCode);
        var message = code == FileSystemErrorCode.NotFound
            ? $"There is no file '{path}'."
            : $"S3 answered {(int)e.StatusCode} {e.ErrorCode} for '{path}'{Reason(e.Message)}{Hint(e)}";
        return new(code, message, path, e) { RequestId = e.RequestId };
    }

    private static FileSystemErrorCode CodeOf(string? code, HttpStatusCode status) => code switch
    {
        "NoSuchKey" or "NoSuchVersion" or NoSuchBucket => FileSystemErrorCode.NotFound,
        "PreconditionFailed" => FileSystemErrorCode.PreconditionFailed,
        "ConditionalRequestConflict" or "OperationAborted" or NoSuchUpload => FileSystemErrorCode.Conflict,
        "SignatureDoesNotMatch" or "InvalidAccessKeyId" or "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired" or "RequestTimeTooSkewed"
            or "MissingSecurityHeader" or "InvalidSecurity" or "NotSignedUp" => FileSystemErrorCode.Unauthenticated,
        "AccessDenied" or "AllAccessDisabled" or "AccountProblem" => FileSystemErrorCode.PermissionDenied,
        "InvalidObjectState" or "NotImplemented" or "MethodNotAllowed" or "EntityTooLarge" or "PermanentRedirect" or "AuthorizationHeaderMalformed"
            or "XAmzContentSHA256Mismatch" => FileSystemErrorCode.NotSupported,
        "SlowDown" or "Throttling" or "ThrottlingException" or "RequestLimitExceeded" or "TooManyRequests" or "BandwidthLimitExceeded" => FileSystemErrorCode.Throttled,
        "InternalError" or "ServiceUnavailable" or "RequestTimeout" => FileSystemErrorCode.Unavailable,
        "KeyTooLongError" or "InvalidObjectName" or "InvalidURI" or "InvalidBucketName" => FileSystemErrorCode.InvalidPath,
        "BadDigest" or "InvalidDigest" or "InvalidPart" or "InvalidPartOrder" => FileSystemErrorCode.Corrupt,
        _ => HttpErrors.CodeOf((int)status),
    };

    private static FileSystemException Refusal(StoragePath path, WriteMode mode, Exception exception) => mode.ExpectedETag is { } expected
        ? new(FileSystemErrorCode.PreconditionFailed, FileSystemException.PreconditionFailed(path, expected).Message, path, exception) { RequestId = RequestId(exception) }
        : new(FileSystemErrorCode.AlreadyExists, FileSystemException.AlreadyExists(path).Message, path, exception) { RequestId = RequestId(exception) };

    /// <summary>A HEAD's answer has no body, so that a wrong key and a missing permission look alike; and without the right to list, S3 says 403 for what is absent.</summary>
    private static string Hint(AmazonServiceException e) => e.ErrorCode switch
    {
        "Forbidden" => " The credentials are wrong, or do not allow it; without s3:ListBucket an absent key is answered like this too.",
        "PermanentRedirect" or "AuthorizationHeaderMalformed" => " Set Region to the bucket's.",
        _ => "",
    };

    private static string? RequestId(Exception exception) => (exception as AmazonServiceException)?.RequestId;

    /// <summary>The first line of what a server or the SDK says, as the end of a sentence; without the announcement of lines that are left out. Some servers say nothing.</summary>
    private static string Reason(string? message)
    {
        var line = message.AsSpan().Trim();
        line = line.IndexOfAny('\r', '\n') is > 0 and var end ? line[..end].TrimEnd() : line;
        if (line.EndsWith(":") && line.LastIndexOf(". ") is > 0 and var sentence)
            line = line[..(sentence + 1)];
        return line.IsEmpty ? "." : $": {line}";
    }
}
