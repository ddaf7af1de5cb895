using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Absent is the only reason for null.</summary>
internal static class FindCases
{
    private static readonly FindOptions WithDirectories = new() { Directories = true };

    public static async Task An_absent_file_is_null(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        Expect.Equal(null, await harness.FileSystem.FindAsync(harness.At("absent"), cancellationToken: cancellationToken));
        Expect.Equal(null, await harness.FileSystem.FindAsync(harness.At("absent/below"), WithDirectories, cancellationToken));
    }

    public static async Task A_file_is_found_as_its_commit_said(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var committed = await harness.FileSystem.WriteAsync(path, new Payload(1, 1000), cancellationToken: cancellationToken);
        await using var another = harness.OpenAnother();
        var found = await another.FindAsync(path, cancellationToken: cancellationToken);
        Expect.True(found is not null, "the file to be found by another instance");
        Expect.Equal(path, found.Path);
        Expect.Equal(EntryKind.File, found.Kind);
        Expect.Equal(1000, found.Length);
        Expect.True(!string.IsNullOrEmpty(found.ETag), "a file to have an ETag");
        Expect.Equal(committed.ETag, found.ETag);
        Expect.Equal(committed.Length, found.Length);
        Expect.Equal(committed.Path, found.Path);
        Expect.True(found.LastModified?.Year >= 2000, $"a time of modification, not {found.LastModified}");
    }

    public static async Task A_file_is_a_file_also_when_directories_are_looked_for(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("file"), new Payload(1, 10), cancellationToken: cancellationToken);
        var found = await harness.FileSystem.FindAsync(harness.At("file"), WithDirectories, cancellationToken);
        Expect.Equal(EntryKind.File, found?.Kind);
        Expect.Equal(10, found?.Length);
    }

    public static async Task A_directory_is_found_only_when_it_is_asked_for(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("directory/sub/file"), new Payload(1, 10), cancellationToken: cancellationToken);
        foreach (var directory in new[] { harness.At("directory"), harness.At("directory/sub") })
        {
            Expect.Equal(null, await harness.FileSystem.FindAsync(directory, cancellationToken: cancellationToken), $"the file '{directory}'");
            var found = await harness.FileSystem.FindAsync(directory, WithDirectories, cancellationToken);
            Expect.Equal(new FileEntry { Path = directory, Kind = EntryKind.Directory }, found is null ? null : found with { LastModified = null });
        }
    }

    public static async Task A_name_that_another_begins_with_is_no_directory(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("chk-10/file"), new Payload(1, 10), cancellationToken: cancellationToken);
        Expect.Equal(null, await harness.FileSystem.FindAsync(harness.At("chk-1"), WithDirectories, cancellationToken));
    }
}
