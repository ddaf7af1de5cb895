using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>A sweep takes what killed writers left, and nothing else.</summary>
internal static class SweepCases
{
    private static readonly SweepOptions Everything = new() { OlderThan = TimeSpan.Zero };

    public static async Task Committed_files_stay(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var large = new Payload(1, harness.LargeLength);
        await harness.FileSystem.WriteAsync(harness.At("small"), new Payload(2, 10), cancellationToken: cancellationToken);
        await harness.FileSystem.WriteAsync(harness.At("sub/large"), large, cancellationToken: cancellationToken);
        var result = await harness.FileSystem.SweepAbandonedAsync(harness.Directory, Everything, cancellationToken);
        Expect.Equal(0, result.Removed);
        Expect.Equal(0, result.Failures.Count);
        await harness.FileSystem.CheckAsync(harness.At("small"), new Payload(2, 10), cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("sub/large"), large, cancellationToken);
    }

    public static async Task A_writer_at_work_is_younger_than_any_sweep(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var content = new Payload(1, harness.LargeLength);
        await using var writer = await harness.FileSystem.OpenWriteAsync(harness.At("file"), cancellationToken: cancellationToken);
        await content.WriteToAsync(writer.Stream, cancellationToken);
        await using var another = harness.OpenAnother();
        Expect.Equal(0, (await another.SweepAbandonedAsync(harness.Directory, null, cancellationToken)).Removed);
        await writer.CommitAsync(cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("file"), content, cancellationToken);
    }

    public static async Task An_absent_directory_has_nothing_to_sweep(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var result = await harness.FileSystem.SweepAbandonedAsync(harness.At("absent"), Everything, cancellationToken);
        Expect.Equal(0, result.Removed + result.Failures.Count);
    }

    [Needs(StoreFeature.AbandonedWrites)]
    public static async Task What_a_killed_writer_left_is_invisible_and_goes(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("sub/file");
        Expect.Applies(await harness.TryAbandonAsync(path, cancellationToken), "a killed writer leaves nothing, or the harness cannot stage it");
        Expect.Applies(await harness.TryAbandonAsync(harness.At("sub-2/file"), cancellationToken), "the harness can stage one only");
        await harness.FileSystem.CheckAbsentAsync(path, cancellationToken);
        Expect.SameSet<string>([], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "the files");
        Expect.Equal(0, (await harness.FileSystem.SweepAbandonedAsync(harness.Directory, null, cancellationToken)).Removed, "what is removed at less than a day");
        Expect.True((await harness.FileSystem.SweepAbandonedAsync(harness.At("sub"), Everything, cancellationToken)).Removed > 0, "leftovers to be removed");
        Expect.Equal(0, (await harness.FileSystem.SweepAbandonedAsync(harness.At("sub"), Everything, cancellationToken)).Removed, "what is left below sub");
        Expect.True((await harness.FileSystem.SweepAbandonedAsync(harness.Directory, Everything, cancellationToken)).Removed > 0, "those beside sub to have stayed");
    }
}
