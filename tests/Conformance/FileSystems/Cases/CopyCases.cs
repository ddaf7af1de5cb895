using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Copies appear whole, in each mode.</summary>
internal static class CopyCases
{
    private static readonly Payload Content = new(1, 3000);
    private static readonly Payload Other = new(2, 100);

    public static Task A_copy_has_the_same_bytes_and_the_source_stays(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckCopyAsync(harness, Content, cancellationToken);

    public static Task An_empty_file_is_copied(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckCopyAsync(harness, Content with { Length = 0 }, cancellationToken);

    public static Task A_large_file_is_copied(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckCopyAsync(harness, Content with { Length = harness.LargeLength }, cancellationToken);

    public static async Task A_missing_source_fails_and_makes_nothing(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var source = harness.At("absent");
        await Expect.FailsAsync(FileSystemErrorCode.NotFound, source, () => harness.FileSystem.CopyAsync(source, harness.At("copy"), null, cancellationToken));
        await harness.FileSystem.CheckAbsentAsync(harness.At("copy"), cancellationToken);
    }

    public static async Task Create_keeps_what_is_there_and_overwrite_replaces_it(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var (source, destination) = await PlantAsync(harness, cancellationToken);
        await Expect.FailsAsync(FileSystemErrorCode.AlreadyExists, destination, () => harness.FileSystem.CopyAsync(source, destination, null, cancellationToken));
        await harness.FileSystem.CheckAsync(destination, Other, cancellationToken);
        await harness.FileSystem.CopyAsync(source, destination, new CopyOptions { Mode = WriteMode.Overwrite }, cancellationToken);
        await harness.FileSystem.CheckAsync(destination, Content, cancellationToken);
    }

    [Needs(StoreFeature.Replace)]
    public static async Task Replace_takes_the_expected_version_of_the_destination_only(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        Expect.Applies(harness.FileSystem.Capabilities.ConditionalReplace, "the store offers no Replace");
        var (source, destination) = await PlantAsync(harness, cancellationToken);
        var options = new CopyOptions { Mode = WriteMode.Replace((await harness.FileSystem.GetAsync(destination, cancellationToken)).ETag!) };
        await harness.FileSystem.CopyAsync(source, destination, options, cancellationToken);
        await harness.FileSystem.CheckAsync(destination, Content, cancellationToken);
        await Expect.FailsAsync(FileSystemErrorCode.PreconditionFailed, destination, () => harness.FileSystem.CopyAsync(source, destination, options, cancellationToken));
    }

    public static async Task A_source_that_is_known_is_copied_in_that_version_only(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var source = harness.At("source");
        var known = await harness.FileSystem.WriteAsync(source, Content, cancellationToken: cancellationToken);
        await harness.FileSystem.CopyAsync(source, harness.At("first"), new CopyOptions { Source = known }, cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("first"), Content, cancellationToken);
        await harness.FileSystem.WriteAsync(source, Other, WriteMode.Overwrite, cancellationToken);
        await Expect.FailsAsync(
            FileSystemErrorCode.PreconditionFailed,
            source,
            () => harness.FileSystem.CopyAsync(source, harness.At("second"), new CopyOptions { Source = known }, cancellationToken));
        await harness.FileSystem.CheckAbsentAsync(harness.At("second"), cancellationToken);
    }

    public static async Task A_file_is_not_copied_onto_itself(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var (source, _) = await PlantAsync(harness, cancellationToken);
        var options = new CopyOptions { Mode = WriteMode.Overwrite };
        await Expect.FailsAsync(FileSystemErrorCode.InvalidPath, source, () => harness.FileSystem.CopyAsync(source, source, options, cancellationToken));
        await harness.FileSystem.CheckAsync(source, Content, cancellationToken);
    }

    public static async Task Odd_names_are_copied(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "a b+c", "100%", "%41", "#?&=", "é世界😀" })
        {
            await harness.FileSystem.WriteAsync(harness.At(name), Content, cancellationToken: cancellationToken);
            await harness.FileSystem.CopyAsync(harness.At(name), harness.At("copy of " + name), null, cancellationToken);
            await harness.FileSystem.CheckAsync(harness.At("copy of " + name), Content, cancellationToken);
        }
    }

    private static async Task CheckCopyAsync(FileSystemHarness harness, Payload content, CancellationToken cancellationToken)
    {
        var (source, destination) = (harness.At("a/source"), harness.At("b/copy"));
        await harness.FileSystem.WriteAsync(source, content, cancellationToken: cancellationToken);
        var copied = await harness.FileSystem.CopyAsync(source, destination, null, cancellationToken);
        var found = await harness.FileSystem.GetAsync(destination, cancellationToken);
        Expect.Equal((destination, content.Length, found.ETag), (copied.Path, copied.Length, copied.ETag), "the entry of the copy");
        await harness.FileSystem.CheckAsync(destination, content, cancellationToken);
        await harness.FileSystem.CheckAsync(source, content, cancellationToken);
    }

    private static async Task<(StoragePath Source, StoragePath Destination)> PlantAsync(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("source"), Content, cancellationToken: cancellationToken);
        await harness.FileSystem.WriteAsync(harness.At("destination"), Other, cancellationToken: cancellationToken);
        return (harness.At("source"), harness.At("destination"));
    }
}
