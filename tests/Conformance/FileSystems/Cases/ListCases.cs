using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Listings: one level or everything below, page by page, each entry once, in no promised order.</summary>
internal static class ListCases
{
    private static readonly ListOptions Recursive = new() { Recursive = true };

    public static async Task An_absent_directory_is_empty(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("file"), new Payload(1, 1), cancellationToken: cancellationToken);
        foreach (var path in new[] { harness.At("absent"), harness.At("absent/below"), harness.At("fil"), harness.At("file") })
        {
            Expect.Equal(0, (await harness.FileSystem.ListAllAsync(path, cancellationToken: cancellationToken)).Count, $"the number of entries of '{path}'");
            Expect.Equal(0, (await harness.FileSystem.ListAllAsync(path, Recursive, cancellationToken)).Count, $"the number of files below '{path}'");
        }
    }

    public static async Task One_level_has_the_files_and_the_directories(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await PlantTreeAsync(harness, cancellationToken);
        var entries = await harness.FileSystem.ListAllAsync(harness.Directory, cancellationToken: cancellationToken);
        Expect.SameSet(["File a", "Directory b", "Directory c"], entries.Select(entry => $"{entry.Kind} {entry.Path.Name}"), "the entries");
        Expect.True(entries.TrueForAll(entry => entry.Path.Parent == harness.Directory), "paths below the directory");
        Expect.True(entries.TrueForAll(entry => entry.Kind == EntryKind.File || entry is { ETag: null, Length: 0 }), "directories without version and length");
    }

    public static async Task Recursive_has_every_file_and_no_directory(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await PlantTreeAsync(harness, cancellationToken);
        var entries = await harness.FileSystem.ListAllAsync(harness.Directory, Recursive, cancellationToken);
        Expect.SameSet(["a", "b/1", "b/2", "c/d/e/f"], entries.Select(entry => entry.Path.Key[(harness.Directory.Key.Length + 1)..]), "the files");
        Expect.True(entries.TrueForAll(entry => entry.Kind == EntryKind.File), "files only");
    }

    public static async Task Entries_say_what_a_look_up_says(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await PlantTreeAsync(harness, cancellationToken);
        foreach (var entry in await harness.FileSystem.ListAllAsync(harness.Directory, Recursive, cancellationToken))
        {
            var found = await harness.FileSystem.GetAsync(entry.Path, cancellationToken);
            Expect.Equal(found.Length, entry.Length);
            Expect.Equal(found.ETag, entry.ETag);
            Expect.True(entry.LastModified is not null, "a time of modification");
        }
    }

    public static async Task A_directory_never_lists_another_whose_name_begins_alike(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "chk-1/_metadata", "chk-10/_metadata", "chk-1.tmp", "chk-1-2/x" })
            await harness.FileSystem.WriteAsync(harness.At(name), new Payload(1, 1), cancellationToken: cancellationToken);
        Expect.SameSet(["_metadata"], await harness.FileSystem.ListKeysAsync(harness.At("chk-1"), cancellationToken), "the files of chk-1");
        var entries = await harness.FileSystem.ListAllAsync(harness.At("chk-1"), cancellationToken: cancellationToken);
        Expect.SameSet([harness.At("chk-1/_metadata")], entries.Select(entry => entry.Path), "the entries of chk-1");
    }

    public static async Task Small_pages_bring_the_same_entries_once_each(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        string[] names = [.. Enumerable.Range(0, 11).Select(i => $"f{i}"), .. Enumerable.Range(0, 7).SelectMany(i => new[] { $"d{i}/x", $"d{i}/y/z" })];
        await harness.FileSystem.WriteManyAsync(names.Select(harness.At), cancellationToken);
        foreach (var size in new[] { 1, 2, 3, 18, 100, 1_000_000 })
        {
            var one = await harness.FileSystem.ListAllAsync(harness.Directory, new ListOptions { PageSize = size }, cancellationToken);
            Expect.SameSet(names.Select(name => name.Split('/')[0]).Distinct(), one.Select(entry => entry.Path.Name), $"one level in pages of {size}");
            var all = await harness.FileSystem.ListAllAsync(harness.Directory, Recursive with { PageSize = size }, cancellationToken);
            Expect.SameSet(names.Select(harness.At), all.Select(entry => entry.Path), $"everything in pages of {size}");
        }
    }

    public static async Task A_page_size_below_one_is_an_argument_error(FileSystemHarness harness, CancellationToken cancellationToken) =>
        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(() => harness.FileSystem.ListAllAsync(harness.Directory, new ListOptions { PageSize = 0 }, cancellationToken));

    public static async Task A_listing_may_be_left_early_and_made_again(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteManyAsync(Enumerable.Range(0, 10).Select(i => harness.At($"f{i}")), cancellationToken);
        var listing = harness.FileSystem.ListAsync(harness.Directory, new ListOptions { PageSize = 2 }, cancellationToken);
        await foreach (var entry in listing)
        {
            Expect.Equal(EntryKind.File, entry.Kind);
            break;
        }
        var count = 0;
        await foreach (var _ in listing)
            count++;
        Expect.Equal(10, count);
    }

    public static async Task Files_that_stay_are_listed_once_while_others_are_deleted(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var staying = Enumerable.Range(0, 30).Select(i => harness.At($"{i:00}-stays")).ToList();
        var going = Enumerable.Range(0, 30).Select(i => harness.At($"{i:00}-goes")).ToList();
        await harness.FileSystem.WriteManyAsync(staying.Concat(going), cancellationToken);
        var listed = new List<StoragePath>();
        await foreach (var entry in harness.FileSystem.ListAsync(harness.Directory, Recursive with { PageSize = 4 }, cancellationToken))
        {
            listed.Add(entry.Path);
            if (going.Contains(entry.Path))
                await harness.FileSystem.DeleteAsync(entry.Path, cancellationToken);
        }
        Expect.SameSet(staying, listed.Where(staying.Contains), "the files that stay");
        Expect.SameSet(staying, (await harness.FileSystem.ListAllAsync(harness.Directory, Recursive, cancellationToken)).Select(entry => entry.Path), "what is left");
    }

    private static Task PlantTreeAsync(FileSystemHarness harness, CancellationToken cancellationToken) =>
        harness.FileSystem.WriteManyAsync(new[] { "a", "b/1", "b/2", "c/d/e/f" }.Select(harness.At), cancellationToken);
}
