using Cairn.FileSystems;
using Cairn.Providers.Tests.Http;

namespace Cairn.Providers.Azure.Tests;

/// <summary>What Azure's answers mean, those too that no emulator gives.</summary>
public sealed class AzureErrorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, int, FileSystemErrorCode> Answers { get; } = new()
    {
        { "ResourceNotFound", 404, FileSystemErrorCode.NotFound },
        { "ContainerBeingDeleted", 409, FileSystemErrorCode.NotFound },
        { "ConditionNotMet", 412, FileSystemErrorCode.PreconditionFailed },
        { "TargetConditionNotMet", 412, FileSystemErrorCode.PreconditionFailed },
        { "SourceConditionNotMet", 412, FileSystemErrorCode.PreconditionFailed },
        { "AuthenticationFailed", 403, FileSystemErrorCode.Unauthenticated },
        { "NoAuthenticationInformation", 401, FileSystemErrorCode.Unauthenticated },
        { "InvalidAuthenticationInfo", 400, FileSystemErrorCode.Unauthenticated },
        { "AuthorizationFailure", 403, FileSystemErrorCode.PermissionDenied },
        { "AuthorizationPermissionMismatch", 403, FileSystemErrorCode.PermissionDenied },
        { "AuthorizationSourceIPMismatch", 403, FileSystemErrorCode.PermissionDenied },
        { "InsufficientAccountPermissions", 403, FileSystemErrorCode.PermissionDenied },
        { "AccountIsDisabled", 403, FileSystemErrorCode.PermissionDenied },
        { "PublicAccessNotPermitted", 409, FileSystemErrorCode.PermissionDenied },
        { "ServerBusy", 503, FileSystemErrorCode.Throttled },
        { "InternalError", 500, FileSystemErrorCode.Unavailable },
        { "OperationTimedOut", 500, FileSystemErrorCode.Unavailable },
        { "InvalidResourceName", 400, FileSystemErrorCode.InvalidPath },
        { "OutOfRangeInput", 400, FileSystemErrorCode.InvalidPath },
        { "InvalidUri", 400, FileSystemErrorCode.InvalidPath },
        { "InvalidBlockList", 400, FileSystemErrorCode.Conflict },
        { "InvalidBlockId", 400, FileSystemErrorCode.Conflict },
        { "BlobArchived", 409, FileSystemErrorCode.NotSupported },
        { "InvalidBlobType", 409, FileSystemErrorCode.NotSupported },
        { "LeaseIdMissing", 412, FileSystemErrorCode.NotSupported },
        { "SomethingNew", 401, FileSystemErrorCode.Unauthenticated },
        { "SomethingNew", 403, FileSystemErrorCode.PermissionDenied },
        { "SomethingNew", 405, FileSystemErrorCode.NotSupported },
        { "SomethingNew", 408, FileSystemErrorCode.Unavailable },
        { "SomethingNew", 409, FileSystemErrorCode.Conflict },
        { "SomethingNew", 418, FileSystemErrorCode.Unknown },
        { "SomethingNew", 429, FileSystemErrorCode.Throttled },
        { "SomethingNew", 502, FileSystemErrorCode.Unavailable },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_to_a_read_is_told_as_what_it_means(string code, int status, FileSystemErrorCode expected)
    {
        var store = await AzureStore.OpenAsync();
        using var wire = new HttpWire();
        await using var fileSystem = store.Open(wire);
        var path = store.NewDirectory() / "file";
        wire.AnswerAllInstead(code, status);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => fileSystem.OpenReadAsync(path, cancellationToken: Token));
        Assert.Equal(expected, error.Code);
        Assert.Equal(path, error.Path);
    }

    // Whatever the store says about what is published, it is one of three: refused, failed and known not to be there, or unknown.
    [Theory]
    [InlineData("BlobAlreadyExists", 409, FileSystemErrorCode.AlreadyExists)]
    [InlineData("BlobImmutableDueToPolicy", 409, FileSystemErrorCode.NotSupported)]
    [InlineData("SnapshotsPresent", 409, FileSystemErrorCode.NotSupported)]
    [InlineData("RequestBodyTooLarge", 413, FileSystemErrorCode.NotSupported)]
    [InlineData("BlockCountExceedsLimit", 409, FileSystemErrorCode.NotSupported)]
    [InlineData("Md5Mismatch", 400, FileSystemErrorCode.Corrupt)]
    [InlineData("Crc64Mismatch", 400, FileSystemErrorCode.Corrupt)]
    [InlineData("SomethingNew", 403, FileSystemErrorCode.PermissionDenied)]
    [InlineData("SomethingNew", 429, FileSystemErrorCode.Throttled)]
    public async Task An_answer_to_a_commit_is_told_as_what_it_means_and_leaves_nothing(string code, int status, FileSystemErrorCode expected)
    {
        var store = await AzureStore.OpenAsync();
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
