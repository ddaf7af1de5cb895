using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Bad input, a missing bucket and missing rights give typed errors, on every verb.</summary>
internal static class RefusalCases
{
    public static async Task A_path_that_is_null_is_an_argument_error(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        foreach (var verb in Verbs(harness.FileSystem, null!, cancellationToken))
            await Expect.ThrowsAsync<ArgumentNullException>(verb);
        await Expect.ThrowsAsync<ArgumentNullException>(() => harness.FileSystem.DeleteAsync((IReadOnlyCollection<StoragePath>)null!, cancellationToken));
    }

    public static async Task A_path_of_another_file_system_is_refused(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var (root, path) = (harness.FileSystem.Root, harness.At("file").Path);
        StoragePath[] foreign =
        [
            StoragePath.Create("other", root.Authority, path), StoragePath.Create(root.Scheme, "elsewhere", path), StoragePath.Create(null, null, path),
            StoragePath.Create(null, null, "relative/file"),
        ];
        foreach (var other in foreign)
        {
            foreach (var verb in Verbs(harness.FileSystem, other, cancellationToken))
                await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, other, verb);
        }
    }

    public static async Task The_root_and_what_lies_above_it_are_no_files(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var (fileSystem, root) = (harness.FileSystem, harness.FileSystem.Root);
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, root, () => fileSystem.OpenReadAsync(root, null, cancellationToken));
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, root, () => fileSystem.OpenWriteAsync(root, null, cancellationToken));
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, root, () => fileSystem.DeleteAsync(root, cancellationToken));
        var above = StoragePath.Create(root.Scheme, root.Authority, "/../file");
        foreach (var verb in Verbs(fileSystem, above, cancellationToken))
            await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, above, verb);
    }

    public static async Task One_bad_path_of_many_deletes_nothing(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("file"), new Payload(1, 10), cancellationToken: cancellationToken);
        var foreign = StoragePath.Parse("other://elsewhere/file");
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, foreign, () => harness.FileSystem.DeleteAsync([harness.At("file"), foreign], cancellationToken));
        await harness.FileSystem.CheckAsync(harness.At("file"), new Payload(1, 10), cancellationToken);
    }

    [Needs(StoreFeature.Buckets)]
    public static async Task A_missing_bucket_is_not_an_absent_file(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await using var missing = harness.OpenMissing();
        Expect.Applies(missing is not null, "there are no buckets here, or the harness has no missing one");
        await CheckEveryRequestFailsAsync(missing, [FileSystemErrorCode.NotFound], cancellationToken);
    }

    [Needs(StoreFeature.Rights)]
    public static async Task Missing_rights_are_not_an_absent_file(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await using var forbidden = harness.OpenForbidden();
        Expect.Applies(forbidden is not null, "there are no rights here, or the harness has no other credentials");
        await CheckEveryRequestFailsAsync(forbidden, [FileSystemErrorCode.PermissionDenied, FileSystemErrorCode.Unauthenticated], cancellationToken);
    }

    private static async Task CheckEveryRequestFailsAsync(IFileSystem fileSystem, FileSystemErrorCode[] codes, CancellationToken cancellationToken)
    {
        var path = fileSystem.Root / "directory" / "file";
        Func<Task>[] requests =
        [
            () => fileSystem.FindAsync(path, cancellationToken: cancellationToken),
            () => fileSystem.FindAsync(path, new FindOptions { Directories = true }, cancellationToken),
            () => fileSystem.OpenReadAsync(path, cancellationToken: cancellationToken),
            () => fileSystem.WriteAllBytesAsync(path, new byte[10], cancellationToken: cancellationToken),
            () => fileSystem.ListAllAsync(path.Parent!, cancellationToken: cancellationToken),
            () => fileSystem.ListAllAsync(path.Parent!, new ListOptions { Recursive = true }, cancellationToken),
            () => fileSystem.DeleteAsync(path, cancellationToken),
            () => fileSystem.CopyAsync(path, fileSystem.Root / "copy", null, cancellationToken),
        ];
        foreach (var request in requests)
        {
            var error = await Expect.ThrowsAsync<FileSystemException>(request);
            Expect.True(codes.Contains(error.Code), $"{string.Join(" or ", codes)}, not {error.Code}: {error.Message}");
            Expect.True(!error.IsTransient, "an error that is not transient");
        }
    }

    private static Func<Task>[] Verbs(IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken) =>
    [
        () => fileSystem.FindAsync(path, null, cancellationToken),
        () => fileSystem.OpenReadAsync(path, null, cancellationToken),
        () => fileSystem.OpenWriteAsync(path, null, cancellationToken),
        () => fileSystem.ListAllAsync(path, null, cancellationToken),
        () => fileSystem.DeleteAsync([path], cancellationToken),
        () => fileSystem.CopyAsync(path, fileSystem.Root / "copy", null, cancellationToken),
        () => fileSystem.CopyAsync(fileSystem.Root / "source", path, null, cancellationToken),
        () => fileSystem.CreateDirectoryAsync(path, cancellationToken),
        () => fileSystem.SweepAbandonedAsync(path, null, cancellationToken),
    ];
}
