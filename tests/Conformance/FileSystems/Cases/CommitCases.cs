using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>What becomes visible when, in each mode.</summary>
internal static class CommitCases
{
    private static readonly Payload Old = new(1, 2000);
    private static readonly Payload New = new(2, 1000);

    public static async Task Nothing_is_visible_before_the_commit(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await using var another = harness.OpenAnother();
        var path = harness.At("sub/file");
        await using var writer = await harness.FileSystem.OpenWriteAsync(path, cancellationToken: cancellationToken);
        await another.CheckAbsentAsync(path, cancellationToken);
        await new Payload(1, harness.LargeLength).WriteToAsync(writer.Stream, cancellationToken);
        await another.CheckAbsentAsync(path, cancellationToken);
        Expect.SameSet<string>([], await another.ListKeysAsync(harness.Directory, cancellationToken), "the files below the directory");
        await writer.CommitAsync(cancellationToken);
        Expect.SameSet(["sub/file"], await another.ListKeysAsync(harness.Directory, cancellationToken), "the files below the directory");
    }

    public static async Task A_writer_that_is_disposed_without_a_commit_leaves_nothing(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        foreach (var length in new[] { 0, 10, harness.LargeLength })
        {
            var writer = await harness.FileSystem.OpenWriteAsync(harness.At("file"), cancellationToken: cancellationToken);
            await new Payload(1, length).WriteToAsync(writer.Stream, cancellationToken);
            await writer.DisposeAsync();
            await writer.DisposeAsync();
            await harness.FileSystem.CheckAbsentAsync(harness.At("file"), cancellationToken);
        }
        Expect.SameSet<string>([], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "the files below the directory");
    }

    public static async Task A_discarded_overwrite_leaves_the_old_file(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var committed = await harness.FileSystem.WriteAsync(path, Old, cancellationToken: cancellationToken);
        await using (var writer = await harness.FileSystem.OpenWriteAsync(path, new WriteOptions { Mode = WriteMode.Overwrite }, cancellationToken))
            await new Payload(2, harness.LargeLength).WriteToAsync(writer.Stream, cancellationToken);
        await harness.FileSystem.CheckAsync(path, Old, cancellationToken);
        Expect.Equal(committed.ETag, (await harness.FileSystem.GetAsync(path, cancellationToken)).ETag);
    }

    public static Task Create_fails_when_the_name_is_taken(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckRefusedCreateAsync(harness, New, cancellationToken);

    [Needs(StoreFeature.ConditionsOnLargeFiles)]
    public static Task Create_of_a_large_file_fails_when_the_name_is_taken(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        harness.NeedsConditionsOnLargeFiles();
        return CheckRefusedCreateAsync(harness, new Payload(2, harness.LargeLength), cancellationToken);
    }

    public static async Task Create_sees_what_came_after_it_was_opened(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        await using var late = await harness.FileSystem.OpenWriteAsync(path, cancellationToken: cancellationToken);
        await New.WriteToAsync(late.Stream, cancellationToken);
        await harness.FileSystem.WriteAsync(path, Old, cancellationToken: cancellationToken);
        await Expect.FailsAsync(FileSystemErrorCode.AlreadyExists, path, () => late.CommitAsync(cancellationToken));
        await late.DisposeAsync();
        await harness.FileSystem.CheckAsync(path, Old, cancellationToken);
    }

    public static async Task Create_takes_a_name_that_was_deleted(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var first = await harness.FileSystem.WriteAsync(path, Old, cancellationToken: cancellationToken);
        await harness.FileSystem.DeleteAsync(path, cancellationToken);
        var second = await harness.FileSystem.WriteAsync(path, New, cancellationToken: cancellationToken);
        await harness.FileSystem.CheckAsync(path, New, cancellationToken);
        Expect.True(first.ETag != second.ETag, "another ETag for another version");
    }

    public static async Task Overwrite_replaces_and_creates(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var first = await harness.FileSystem.WriteAsync(path, Old, WriteMode.Overwrite, cancellationToken);
        var second = await harness.FileSystem.WriteAsync(path, New, WriteMode.Overwrite, cancellationToken);
        Expect.True(first.ETag != second.ETag, "another ETag for another version");
        await harness.FileSystem.CheckAsync(path, New, cancellationToken);
        var large = new Payload(3, harness.LargeLength);
        await harness.FileSystem.WriteAsync(path, large, WriteMode.Overwrite, cancellationToken);
        await harness.FileSystem.CheckAsync(path, large, cancellationToken);
    }

    [Needs(StoreFeature.Replace)]
    public static async Task Replace_takes_the_expected_version_only(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        ApplyReplace(harness);
        var path = harness.At("file");
        var first = await harness.FileSystem.WriteAsync(path, Old, cancellationToken: cancellationToken);
        var second = await harness.FileSystem.WriteAsync(path, New, WriteMode.Replace(first.ETag!), cancellationToken);
        Expect.True(first.ETag != second.ETag, "another ETag for another version");
        await harness.FileSystem.CheckAsync(path, New, cancellationToken);
        await Expect.FailsAsync(
            FileSystemErrorCode.PreconditionFailed, path, () => harness.FileSystem.WriteAsync(path, Old, WriteMode.Replace(first.ETag!), cancellationToken));
        await harness.FileSystem.CheckAsync(path, New, cancellationToken);
        Expect.Equal(second.ETag, (await harness.FileSystem.GetAsync(path, cancellationToken)).ETag);
    }

    [Needs(StoreFeature.Replace, StoreFeature.ConditionsOnLargeFiles)]
    public static async Task Replace_of_a_large_file_takes_the_expected_version_only(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        ApplyReplace(harness);
        harness.NeedsConditionsOnLargeFiles();
        var path = harness.At("file");
        var large = new Payload(3, harness.LargeLength);
        var first = await harness.FileSystem.WriteAsync(path, Old, cancellationToken: cancellationToken);
        await harness.FileSystem.WriteAsync(path, large, WriteMode.Replace(first.ETag!), cancellationToken);
        await Expect.FailsAsync(
            FileSystemErrorCode.PreconditionFailed,
            path,
            () => harness.FileSystem.WriteAsync(path, large with { Seed = 4 }, WriteMode.Replace(first.ETag!), cancellationToken));
        await harness.FileSystem.CheckAsync(path, large, cancellationToken);
    }

    [Needs(StoreFeature.Replace)]
    public static async Task Replace_of_a_file_that_is_gone_fails(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        ApplyReplace(harness);
        var path = harness.At("file");
        var first = await harness.FileSystem.WriteAsync(path, Old, cancellationToken: cancellationToken);
        await harness.FileSystem.DeleteAsync(path, cancellationToken);
        await Expect.FailsAsync(
            FileSystemErrorCode.PreconditionFailed, path, () => harness.FileSystem.WriteAsync(path, New, WriteMode.Replace(first.ETag!), cancellationToken));
        await harness.FileSystem.CheckAbsentAsync(path, cancellationToken);
    }

    [Needs(StoreFeature.Replace, Absent = true)]
    public static async Task Replace_is_refused_at_open_where_it_is_not_offered(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        Expect.Applies(!harness.FileSystem.Capabilities.ConditionalReplace, "the store offers Replace");
        var path = harness.At("file");
        await Expect.ThrowsAsync<FileSystemException>(
            () => harness.FileSystem.OpenWriteAsync(path, new WriteOptions { Mode = WriteMode.Replace("any") }, cancellationToken));
    }

    private static async Task CheckRefusedCreateAsync(FileSystemHarness harness, Payload refused, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var committed = await harness.FileSystem.WriteAsync(path, Old, cancellationToken: cancellationToken);
        await Expect.FailsAsync(FileSystemErrorCode.AlreadyExists, path, () => harness.FileSystem.WriteAsync(path, refused, cancellationToken: cancellationToken));
        await harness.FileSystem.CheckAsync(path, Old, cancellationToken);
        Expect.Equal(committed.ETag, (await harness.FileSystem.GetAsync(path, cancellationToken)).ETag);
    }

    private static void ApplyReplace(FileSystemHarness harness) =>
        Expect.Applies(harness.FileSystem.Capabilities.ConditionalReplace, "the store offers no Replace");
}
