using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Directories are always allowed, and real only where the store says so.</summary>
internal static class DirectoryCases
{
    private static readonly FindOptions WithDirectories = new() { Directories = true };

    public static async Task Making_a_directory_is_allowed_again_and_again(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.CreateDirectoryAsync(harness.At("a/b"), cancellationToken);
        await harness.FileSystem.CreateDirectoryAsync(harness.At("a/b"), cancellationToken);
        await harness.FileSystem.CreateDirectoryAsync(harness.At("a"), cancellationToken);
        await harness.FileSystem.WriteAsync(harness.At("a/b/file"), new Payload(1, 10), cancellationToken: cancellationToken);
        await harness.FileSystem.CreateDirectoryAsync(harness.At("a/b"), cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("a/b/file"), new Payload(1, 10), cancellationToken);
    }

    public static async Task An_empty_directory_is_there_exactly_where_directories_are_real(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.CreateDirectoryAsync(harness.At("a/b"), cancellationToken);
        var real = harness.FileSystem.Capabilities.RealDirectories;
        var found = await harness.FileSystem.FindAsync(harness.At("a/b"), WithDirectories, cancellationToken);
        Expect.Equal(real ? EntryKind.Directory : null, found?.Kind);
        var listed = await harness.FileSystem.ListAllAsync(harness.Directory, cancellationToken: cancellationToken);
        Expect.SameSet(real ? ["Directory a"] : Array.Empty<string>(), listed.Select(entry => $"{entry.Kind} {entry.Path.Name}"), "the entries");
        Expect.SameSet<string>([], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "the files, of which there are none");
    }

    public static async Task A_directory_leaves_no_marker_that_a_delete_of_its_files_would_miss(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.CreateDirectoryAsync(harness.At("a/b"), cancellationToken);
        var result = await harness.FileSystem.DeleteTreeAsync(harness.At("a"), cancellationToken);
        result.ThrowIfFailed();
        Expect.Equal(0, result.Deleted);
        Expect.Equal(null, await harness.FileSystem.FindAsync(harness.At("a"), WithDirectories, cancellationToken));
    }

    [Needs(StoreFeature.RealDirectories)]
    public static async Task An_empty_directory_is_deleted_where_directories_are_real(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        Expect.Applies(harness.FileSystem.Capabilities.RealDirectories, "directories are prefixes here");
        await harness.FileSystem.CreateDirectoryAsync(harness.At("a/b"), cancellationToken);
        await harness.FileSystem.DeleteAsync(harness.At("a/b"), cancellationToken);
        Expect.Equal(null, await harness.FileSystem.FindAsync(harness.At("a/b"), WithDirectories, cancellationToken), "the directory that was deleted");
        Expect.True(await harness.FileSystem.FindAsync(harness.At("a"), WithDirectories, cancellationToken) is not null, "its parent to be there");
    }
}
