using System.Diagnostics;
using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Cancelled before, the verb does nothing; cancelled at any moment, it ends whole, or not at all, or says that it cannot know.</summary>
internal static class CancellationCases
{
    private const int Moments = 16;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    public static async Task A_verb_that_is_cancelled_before_does_nothing(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var (fileSystem, path) = (harness.FileSystem, harness.At("file"));
        await fileSystem.WriteAsync(path, new Payload(1, 10), cancellationToken: cancellationToken);
        var cancelled = new CancellationToken(canceled: true);
        Func<Task>[] verbs =
        [
            () => fileSystem.FindAsync(path, null, cancelled), () => fileSystem.OpenReadAsync(path, null, cancelled),
            () => fileSystem.OpenWriteAsync(harness.At("new"), null, cancelled), () => fileSystem.ListAllAsync(harness.Directory, null, cancelled),
            () => fileSystem.DeleteAsync([path], cancelled), () => fileSystem.CopyAsync(path, harness.At("new"), null, cancelled),
            () => fileSystem.CreateDirectoryAsync(harness.At("new"), cancelled), () => fileSystem.SweepAbandonedAsync(harness.Directory, null, cancelled),
        ];
        foreach (var verb in verbs)
            await Expect.ThrowsAsync<OperationCanceledException>(verb);
        var entries = await fileSystem.ListAllAsync(harness.Directory, cancellationToken: cancellationToken);
        Expect.SameSet([path], entries.Select(entry => entry.Path), "what is there");
    }

    public static async Task A_commit_that_is_cancelled_before_publishes_nothing(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var writer = await harness.FileSystem.OpenWriteAsync(path, cancellationToken: cancellationToken);
        await new Payload(1, harness.LargeLength).WriteToAsync(writer.Stream, cancellationToken);
        await Expect.ThrowsAsync<OperationCanceledException>(() => writer.CommitAsync(new CancellationToken(canceled: true)));
        await writer.DisposeAsync();
        await harness.FileSystem.CheckAbsentAsync(path, cancellationToken);
        Expect.SameSet<string>([], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "what is there");
    }

    public static async Task A_listing_that_is_cancelled_underway_stops(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteManyAsync(Enumerable.Range(0, 10).Select(i => harness.At($"f{i}")), cancellationToken);
        await Expect.ThrowsAsync<OperationCanceledException>(async () =>
        {
            using var underway = new CancellationTokenSource();
            await foreach (var _ in harness.FileSystem.ListAsync(harness.Directory, new ListOptions { PageSize = 2 }, cancellationToken).WithCancellation(underway.Token))
                await underway.CancelAsync();
        });
    }

    public static Task A_write_that_is_cancelled_at_any_moment_is_whole_or_nothing(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckWritesAsync(harness, 5000, cancellationToken);

    public static Task A_large_write_that_is_cancelled_at_any_moment_is_whole_or_nothing(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckWritesAsync(harness, harness.LargeLength, cancellationToken);

    public static Task A_commit_that_is_cancelled_at_any_moment_is_whole_or_nothing(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckCommitsAsync(harness, cancellationToken);

    public static async Task An_overwrite_that_is_cancelled_at_any_moment_leaves_the_old_file_or_the_new(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var last = new Payload(1000, 3000);
        await harness.FileSystem.WriteAsync(path, last, cancellationToken: cancellationToken);
        await AtManyMomentsAsync(async (moment, cancelled) =>
        {
            var next = new Payload(moment, harness.LargeLength);
            var committed = await EndAsync(() => harness.FileSystem.WriteAsync(path, next, WriteMode.Overwrite, cancelled));
            await using var stream = await harness.FileSystem.OpenReadAsync(path, cancellationToken: cancellationToken);
            var found = await Payload.IdentifyAsync(stream, [last, next], cancellationToken);
            Expect.True(committed is null || found == (committed.Value ? next : last), $"the {(committed == true ? "new" : "old")} file, not {found}");
            last = found;
        });
    }

    public static async Task A_copy_that_is_cancelled_at_any_moment_is_whole_or_nothing(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var content = new Payload(1, harness.LargeLength);
        await harness.FileSystem.WriteAsync(harness.At("source"), content, cancellationToken: cancellationToken);
        await AtManyMomentsAsync(async (moment, cancelled) =>
        {
            var copy = harness.At($"copy-{moment}");
            var committed = await EndAsync(() => harness.FileSystem.CopyAsync(harness.At("source"), copy, null, cancelled));
            await CheckOutcomeAsync(harness, copy, content, committed, cancellationToken);
        });
    }

    public static async Task A_read_that_is_cancelled_at_any_moment_ends(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var content = new Payload(1, harness.LargeLength);
        await harness.FileSystem.WriteAsync(harness.At("file"), content, cancellationToken: cancellationToken);
        await AtManyMomentsAsync((_, cancelled) => EndAsync(async () =>
        {
            await harness.FileSystem.CheckAsync(harness.At("file"), content, cancelled);
            return true;
        }));
    }

    public static async Task A_look_up_and_a_listing_that_are_cancelled_at_any_moment_end(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var paths = Enumerable.Range(0, 6).Select(i => harness.At($"f{i}")).ToList();
        await harness.FileSystem.WriteManyAsync(paths, cancellationToken);
        await AtManyMomentsAsync((_, cancelled) => EndAsync(async () =>
        {
            Expect.True(await harness.FileSystem.ExistsAsync(paths[0], cancelled), "a file that is there, or a cancellation");
            var entries = await harness.FileSystem.ListAllAsync(harness.Directory, new ListOptions { PageSize = 2 }, cancelled);
            Expect.SameSet(paths, entries.Select(entry => entry.Path), "the files, or a cancellation");
            return true;
        }));
    }

    public static async Task A_delete_that_is_cancelled_at_any_moment_harms_no_other_file(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("stays"), new Payload(1, 10), cancellationToken: cancellationToken);
        await AtManyMomentsAsync(async (moment, cancelled) =>
        {
            var paths = Enumerable.Range(0, 5).Select(i => harness.At($"{moment}-{i}")).ToList();
            await harness.FileSystem.WriteManyAsync(paths, cancellationToken);
            await EndAsync(() => harness.FileSystem.DeleteAsync(paths, cancelled));
            await harness.FileSystem.DeleteAsync(paths, cancellationToken);
        });
        Expect.SameSet(["stays"], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "what is left");
    }

    private static Task CheckWritesAsync(FileSystemHarness harness, long length, CancellationToken cancellationToken) =>
        AtManyMomentsAsync(async (moment, cancelled) =>
        {
            var (path, content) = (harness.At($"file-{moment}"), new Payload(moment, length));
            var committed = await EndAsync(() => harness.FileSystem.WriteAsync(path, content, cancellationToken: cancelled));
            await CheckOutcomeAsync(harness, path, content, committed, cancellationToken);
        });

    /// <summary>The bytes are all there; what is cancelled is the commit.</summary>
    private static async Task CheckCommitsAsync(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var content = new Payload(1, harness.LargeLength);
        var writers = new List<FileWriter>();
        try
        {
            for (var i = 0; i <= Moments; i++)
            {
                var writer = await harness.FileSystem.OpenWriteAsync(harness.At($"file-{i}"), cancellationToken: cancellationToken);
                writers.Add(writer);
                await content.WriteToAsync(writer.Stream, cancellationToken);
            }
            await AtManyMomentsAsync(async (moment, cancelled) =>
            {
                var committed = await EndAsync(() => writers[moment].CommitAsync(cancelled));
                await writers[moment].DisposeAsync();
                await CheckOutcomeAsync(harness, writers[moment].Path, content, committed, cancellationToken);
            });
        }
        finally
        {
            foreach (var writer in writers)
                await writer.DisposeAsync();
        }
    }

    private static async Task CheckOutcomeAsync(
        FileSystemHarness harness, StoragePath path, Payload content, bool? committed, CancellationToken cancellationToken)
    {
        if (committed == false)
            await harness.FileSystem.CheckAbsentAsync(path, cancellationToken);
        else if (committed == true || await harness.FileSystem.ExistsAsync(path, cancellationToken))
            await harness.FileSystem.CheckAsync(path, content, cancellationToken);
    }

    /// <summary>True: it ended well. False: cancelled. Null: the outcome is unknown.</summary>
    private static async Task<bool?> EndAsync<T>(Func<Task<T>> operation)
    {
        try
        {
            await operation();
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.OutcomeUnknown)
        {
            return null;
        }
    }

    /// <summary>Runs the operation once undisturbed to learn how long it takes, and then again and again, cancelled at moments spread over that time.</summary>
    private static async Task AtManyMomentsAsync(Func<int, CancellationToken, Task> operation)
    {
        var clock = Stopwatch.StartNew();
        await operation(0, CancellationToken.None);
        var whole = clock.Elapsed;
        for (var moment = 1; moment <= Moments; moment++)
        {
            using var cancelled = new CancellationTokenSource();
            var token = cancelled.Token;
            var (at, number) = (whole * moment / Moments, moment);
            clock.Restart();
            var run = Task.Run(() => operation(number, token), CancellationToken.None);
            await WaitAsync(run, clock, at);
            await cancelled.CancelAsync();
            await run;
        }
    }

    /// <summary>Waits for a moment, or for the end of the run. A timer is not exact enough for the last millisecond, and the processor is needed for the operation.</summary>
    private static async Task WaitAsync(Task run, Stopwatch clock, TimeSpan at)
    {
        // Read once: on a busy machine much time may pass before the next statement.
        var left = at - clock.Elapsed;
        if (left > 2 * Tick)
            await Task.WhenAny(run, Task.Delay(left - Tick));
        while (clock.Elapsed < at && !run.IsCompleted)
            await Task.Yield();
    }
}
