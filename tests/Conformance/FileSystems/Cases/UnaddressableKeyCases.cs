using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Keys that no path addresses: they are listed as such, take no other object's place, and can be deleted.</summary>
internal static class UnaddressableKeyCases
{
    private static readonly string[] Odd = ["a//b", "a/", "a/./b", "a/../b", "//c", "./d", "e ", "f\\g", "sub//"];

    [Needs(StoreFeature.UnaddressableKeys)]
    public static async Task They_are_listed_by_their_raw_keys_as_not_addressable(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var planted = await PlantAsync(harness, cancellationToken);
        var entries = await harness.FileSystem.ListAllAsync(harness.Directory, new ListOptions { Recursive = true }, cancellationToken);
        Expect.SameSet([.. planted, harness.At("a/b").Key], entries.Select(entry => entry.Path.Key), "the keys");
        foreach (var entry in entries)
            Expect.Equal(entry.Path.Key == harness.At("a/b").Key, entry.Path.IsAddressable, $"IsAddressable of '{entry.Path.Key}'");
    }

    [Needs(StoreFeature.UnaddressableKeys)]
    public static async Task One_level_lists_nothing_that_addresses_another_object(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await PlantAsync(harness, cancellationToken);
        foreach (var directory in new[] { harness.Directory, harness.At("a") })
        {
            var entries = await harness.FileSystem.ListAllAsync(directory, cancellationToken: cancellationToken);
            foreach (var entry in entries.Where(entry => entry.Path.IsAddressable))
                Expect.True(entry.Path == harness.At("a") || entry.Path == harness.At("a/b") || entry.Path == harness.At("sub"), $"no such path as '{entry.Path}'");
            Expect.Equal(entries.Count, entries.Select(entry => entry.Path.Key).Distinct().Count(), "the number of different keys");
        }
    }

    [Needs(StoreFeature.UnaddressableKeys)]
    public static async Task Only_a_delete_takes_them(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var planted = await PlantAsync(harness, cancellationToken);
        var path = StoragePath.FromKey(harness.Directory, planted[0]);
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, path, () => harness.FileSystem.FindAsync(path, cancellationToken: cancellationToken));
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, path, () => harness.FileSystem.OpenReadAsync(path, cancellationToken: cancellationToken));
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, path, () => harness.FileSystem.OpenWriteAsync(path, cancellationToken: cancellationToken));
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, path, () => harness.FileSystem.CopyAsync(path, harness.At("copy"), null, cancellationToken));
        await harness.FileSystem.DeleteAsync(path, cancellationToken);
        var left = await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken);
        Expect.SameSet([.. planted[1..].Select(key => key[(harness.Directory.Key.Length + 1)..]), "a/b"], left, "the keys that are left");
        await harness.FileSystem.CheckAsync(harness.At("a/b"), new Payload(1, 10), cancellationToken);
    }

    [Needs(StoreFeature.UnaddressableKeys)]
    public static async Task Deleting_a_tree_takes_them_along(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var planted = await PlantAsync(harness, cancellationToken);
        var result = await harness.FileSystem.DeleteTreeAsync(harness.Directory, cancellationToken);
        Expect.Equal(planted.Count + 1, result.Deleted);
        Expect.SameSet<string>([], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "the keys that are left");
    }

    private static async Task<List<string>> PlantAsync(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var planted = new List<string>();
        foreach (var key in Odd.Select(odd => $"{harness.Directory.Key}/{odd}"))
        {
            if (await harness.TryPlantAsync(key, new byte[] { 1 }, cancellationToken))
                planted.Add(key);
        }
        Expect.Applies(planted.Count > 0, "the store has no such keys, or the harness cannot plant them");
        await harness.FileSystem.WriteAsync(harness.At("a/b"), new Payload(1, 10), cancellationToken: cancellationToken);
        return planted;
    }
}
