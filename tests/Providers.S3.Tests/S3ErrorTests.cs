using Cairn.Emulators;
using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;

namespace Cairn.Providers.S3.Tests;

/// <summary>What S3's answers mean, those too that no emulator gives.</summary>
public sealed class S3ErrorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, FileSystemErrorCode> Answers { get; } = new()
    {
        { "NoSuchKey", 404, FileSystemErrorCode.NotFound },
        { "NoSuchVersion", 404, FileSystemErrorCode.NotFound },
        { "PreconditionFailed", 412, FileSystemErrorCode.PreconditionFailed },
        { "OperationAborted", 409, FileSystemErrorCode.Conflict },
        { "ConditionalRequestConflict", 409, FileSystemErrorCode.Conflict },
        { "SignatureDoesNotMatch", 403, FileSystemErrorCode.Unauthenticated },
        { "InvalidAccessKeyId", 403, FileSystemErrorCode.Unauthenticated },
        { "ExpiredToken", 400, FileSystemErrorCode.Unauthenticated },
        { "InvalidToken", 400, FileSystemErrorCode.Unauthenticated },
        { "TokenRefreshRequired", 400, FileSystemErrorCode.Unauthenticated },
        { "RequestTimeTooSkewed", 403, FileSystemErrorCode.Unauthenticated },
        { "MissingSecurityHeader", 400, FileSystemErrorCode.Unauthenticated },
        { "InvalidSecurity", 403, FileSystemErrorCode.Unauthenticated },
        { "NotSignedUp", 403, FileSystemErrorCode.Unauthenticated },
        { "AccessDenied", 403, FileSystemErrorCode.PermissionDenied },
        { "AllAccessDisabled", 403, FileSystemErrorCode.PermissionDenied },
        { "AccountProblem", 403, FileSystemErrorCode.PermissionDenied },
        { "InvalidObjectState", 403, FileSystemErrorCode.NotSupported },
        { "NotImplemented", 501, FileSystemErrorCode.NotSupported },
        { "MethodNotAllowed", 405, FileSystemErrorCode.NotSupported },
        { "PermanentRedirect", 301, FileSystemErrorCode.NotSupported },
        { "AuthorizationHeaderMalformed", 400, FileSystemErrorCode.NotSupported },
        { "XAmzContentSHA256Mismatch", 400, FileSystemErrorCode.NotSupported },
        { "SlowDown", 503, FileSystemErrorCode.Throttled },
        { "Throttling", 400, FileSystemErrorCode.Throttled },
        { "ThrottlingException", 400, FileSystemErrorCode.Throttled },
        { "RequestLimitExceeded", 503, FileSystemErrorCode.Throttled },
        { "TooManyRequests", 429, FileSystemErrorCode.Throttled },
        { "BandwidthLimitExceeded", 509, FileSystemErrorCode.Throttled },
        { "InternalError", 500, FileSystemErrorCode.Unavailable },
        { "ServiceUnavailable", 503, FileSystemErrorCode.Unavailable },
        { "RequestTimeout", 400, FileSystemErrorCode.Unavailable },
        { "KeyTooLongError", 400, FileSystemErrorCode.InvalidPath },
        { "InvalidObjectName", 400, FileSystemErrorCode.InvalidPath },
        { "InvalidURI", 400, FileSystemErrorCode.InvalidPath },
        { "InvalidBucketName", 400, FileSystemErrorCode.InvalidPath },
        { "SomethingNew", 401, FileSystemErrorCode.Unauthenticated },
        { "SomethingNew", 403, FileSystemErrorCode.PermissionDenied },
        { "SomethingNew", 404, FileSystemErrorCode.NotFound },
        { "SomethingNew", 405, FileSystemErrorCode.NotSupported },
        { "SomethingNew", 408, FileSystemErrorCode.Unavailable },
        { "SomethingNew", 409, FileSystemErrorCode.Conflict },
        { "SomethingNew", 412, FileSystemErrorCode.PreconditionFailed },
        { "SomethingNew", 418, FileSystemErrorCode.Unknown },
        { "SomethingNew", 429, FileSystemErrorCode.Throttled },
        { "SomethingNew", 502, FileSystemErrorCode.Unavailable },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_to_a_read_is_told_as_what_it_means(string code, int status, FileSystemErrorCode expected)
    {
        var store = await S3Store.OpenAsync(S3ServerKind.Any);
        using var wire = new HttpWire();
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.AnswerAllInstead(code, status);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.OpenReadAsync(path, cancellationToken: Token));
        Assert.Equal(expected, error.Code);
        Assert.Equal(path, error.Path);
    }

    [Theory]
    [InlineData("It is so.", ": It is so.")]
    [InlineData("It is so.\nAnd more.", ": It is so.")]
    [InlineData("It is so. These are the reasons:\n* one", ": It is so.")]
    [InlineData("Not now:", ": Not now:")]
    [InlineData("", ".")]
    public async Task What_a_server_says_ends_the_message_in_one_line(string said, string told)
    {
        var store = await S3Store.OpenAsync(S3ServerKind.Any);
        using var wire = new HttpWire();
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.AnswerAllInstead("MethodNotAllowed", 405, message: said);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.OpenReadAsync(path, cancellationToken: Token));
        Assert.Equal($"S3 answered 405 MethodNotAllowed for '{path}'{told}", error.Message);
    }

    // Whatever the store says about what is published, it is one of three: refused, failed and known not to be there, or unknown.
    [Theory]
    [InlineData("PreconditionFailed", 412, FileSystemErrorCode.AlreadyExists)]
    [InlineData("EntityTooLarge", 400, FileSystemErrorCode.NotSupported)]
    [InlineData("BadDigest", 400, FileSystemErrorCode.Corrupt)]
    [InlineData("InvalidDigest", 400, FileSystemErrorCode.Corrupt)]
    [InlineData("InvalidPart", 400, FileSystemErrorCode.Corrupt)]
    [InlineData("InvalidPartOrder", 400, FileSystemErrorCode.Corrupt)]
    [InlineData("AccessDenied", 403, FileSystemErrorCode.PermissionDenied)]
    [InlineData("SomethingNew", 429, FileSystemErrorCode.Throttled)]
    public async Task An_answer_to_a_commit_is_told_as_what_it_means_and_leaves_nothing(string code, int status, FileSystemErrorCode expected)
    {
        var store = await S3Store.OpenAsync(S3ServerKind.Any);
        using var wire = new HttpWire();
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.AnswerAllInstead(code, status, HttpMethod.Put);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => Transfer.WriteAsync(fileSystem, path, Transfer.Bytes(10), WriteMode.Create));
        Assert.Equal(expected, error.Code);
        await using var another = store.Open();
        Assert.Null(await another.FindAsync(path, cancellationToken: Token));
    }
}
