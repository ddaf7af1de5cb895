using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Many paths, a result for each; a missing one is success.</summary>
internal static class DeleteCases
{
    public static async Task A_deleted_file_is_gone_and_its_neighbours_stay(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteManyAsync(new[] { "file", "file-1", "file.d/x", "other" }.Select(harness.At), cancellationToken);
        await harness.FileSystem.DeleteAsync(harness.At("file"), cancellationToken);
        await using var another = harness.OpenAnother();
        await another.CheckAbsentAsync(harness.At("file"), cancellationToken);
        Expect.SameSet(["file-1", "file.d/x", "other"], await another.ListKeysAsync(harness.Directory, cancellationToken), "what is left");
    }

    public static async Task A_missing_file_is_success(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.DeleteAsync(harness.At("absent"), cancellationToken);
        await harness.FileSystem.DeleteAsync(harness.At("absent/below"), cancellationToken);
        await harness.FileSystem.WriteAsync(harness.At("file"), new Payload(1, 10), cancellationToken: cancellationToken);
        await harness.FileSystem.DeleteAsync(harness.At("file"), cancellationToken);
        await harness.FileSystem.DeleteAsync(harness.At("file"), cancellationToken);
    }

    public static async Task Each_path_has_its_result_in_the_order_given(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteManyAsync(new[] { "b", "d" }.Select(harness.At), cancellationToken);
        StoragePath[] paths = [harness.At("d"), harness.At("a"), harness.At("b"), harness.At("d"), harness.At("c")];
        var results = await harness.FileSystem.DeleteAsync(paths, cancellationToken);
        Expect.Equal(string.Join(", ", paths.AsEnumerable()), string.Join(", ", results.Select(result => result.Path)), "the paths of the results");
        Expect.True(results.All(result => result.Error is null), "no error");
        Expect.SameSet<string>([], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "what is left");
    }

    public static async Task Nothing_to_delete_is_no_error(FileSystemHarness harness, CancellationToken cancellationToken) =>
        Expect.Equal(0, (await harness.FileSystem.DeleteAsync([], cancellationToken)).Count);

    public static async Task More_files_than_one_batch_takes_go(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var count = Math.Min(harness.FileSystem.Capabilities.DeleteBatchSize, 1000) + 7;
        var paths = Enumerable.Range(0, count).Select(i => harness.At($"many/{i}")).ToList();
        await harness.FileSystem.WriteManyAsync(paths, cancellationToken);
        Expect.Equal(count, (await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken)).Count, "the number of files that are listed");
        var results = await harness.FileSystem.DeleteAsync(paths, cancellationToken);
        Expect.Equal(count, results.Count(result => result.Error is null));
        Expect.SameSet<string>([], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "what is left");
    }

    public static async Task A_directory_with_files_stays_and_is_no_error(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("directory/file"), new Payload(1, 10), cancellationToken: cancellationToken);
        await harness.FileSystem.DeleteAsync(harness.At("directory"), cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("directory/file"), new Payload(1, 10), cancellationToken);
    }

    public static async Task A_tree_goes_whole_and_nothing_else(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteManyAsync(new[] { "chk-1/a", "chk-1/b/c", "chk-1/b/d/e", "chk-10/a", "chk-1.tmp" }.Select(harness.At), cancellationToken);
        var result = await harness.FileSystem.DeleteTreeAsync(harness.At("chk-1"), cancellationToken);
        result.ThrowIfFailed();
        Expect.Equal(3, result.Deleted);
        Expect.SameSet(["chk-10/a", "chk-1.tmp"], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "what is left");
        Expect.Equal(null, await harness.FileSystem.FindAsync(harness.At("chk-1"), new FindOptions { Directories = true }, cancellationToken), "the directory");
        Expect.Equal(0, (await harness.FileSystem.DeleteTreeAsync(harness.At("chk-1"), cancellationToken)).Deleted);
    }

    public static async Task Deleting_a_tree_leaves_a_file_of_that_name(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("file"), new Payload(1, 10), cancellationToken: cancellationToken);
        Expect.Equal(0, (await harness.FileSystem.DeleteTreeAsync(harness.At("file"), cancellationToken)).Deleted);
        await harness.FileSystem.CheckAsync(harness.At("file"), new Payload(1, 10), cancellationToken);
    }
}
