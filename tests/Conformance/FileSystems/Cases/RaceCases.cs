using System.Collections.Concurrent;
using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Sixteen writers of one name, through two instances: the store decides, and the result is one writer's bytes.</summary>
internal static class RaceCases
{
    private const int Writers = 16;

    [Needs(StoreFeature.AtomicCreate)]
    public static Task Of_racing_creates_exactly_one_wins(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        Expect.Applies(harness.FileSystem.Capabilities.AtomicCreate, "the store does not decide creates in one step");
        return RaceAsync(harness, 1000, _ => WriteMode.Create, FileSystemErrorCode.AlreadyExists, cancellationToken);
    }

    [Needs(StoreFeature.AtomicCreate, StoreFeature.ConditionsOnLargeFiles)]
    public static Task Of_racing_creates_of_a_large_file_exactly_one_wins(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        Expect.Applies(harness.FileSystem.Capabilities.AtomicCreate, "the store does not decide creates in one step");
        harness.NeedsConditionsOnLargeFiles();
        return RaceAsync(harness, harness.LargeLength, _ => WriteMode.Create, FileSystemErrorCode.AlreadyExists, cancellationToken);
    }

    [Needs(StoreFeature.Replace)]
    public static async Task Of_racing_replaces_exactly_one_wins(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        Expect.Applies(harness.FileSystem.Capabilities.ConditionalReplace, "the store offers no Replace");
        var first = await harness.FileSystem.WriteAsync(harness.At("file"), new Payload(99, 1000), cancellationToken: cancellationToken);
        await RaceAsync(harness, 1000, _ => WriteMode.Replace(first.ETag!), FileSystemErrorCode.PreconditionFailed, cancellationToken);
    }

    public static Task Racing_overwrites_end_with_one_writers_bytes(FileSystemHarness harness, CancellationToken cancellationToken) =>
        RaceAsync(harness, 1000, _ => WriteMode.Overwrite, null, cancellationToken);

    public static Task Racing_overwrites_of_a_large_file_end_with_one_writers_bytes(FileSystemHarness harness, CancellationToken cancellationToken) =>
        RaceAsync(harness, harness.LargeLength, _ => WriteMode.Overwrite, null, cancellationToken);

    [Needs(StoreFeature.Replace)]
    public static async Task No_update_is_lost_when_each_replaces_what_it_read(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        Expect.Applies(harness.FileSystem.Capabilities.ConditionalReplace, "the store offers no Replace");
        const int Counters = 4;
        const int Increments = 5;
        var path = harness.At("counter");
        await using var another = harness.OpenAnother();
        await harness.FileSystem.WriteAllBytesAsync(path, BitConverter.GetBytes(0), cancellationToken: cancellationToken);
        await Task.WhenAll(Enumerable.Range(0, Counters).Select(i => Task.Run(
            async () =>
            {
                for (var done = 0; done < Increments;)
                    done += await TryIncrementAsync(i % 2 == 0 ? harness.FileSystem : another, path, cancellationToken) ? 1 : 0;
            },
            cancellationToken)));
        var sum = BitConverter.ToInt32(await harness.FileSystem.ReadAllBytesAsync(path, cancellationToken: cancellationToken));
        Expect.Equal(Counters * Increments, sum);
    }

    public static async Task Readers_see_one_version_while_it_is_overwritten(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var versions = Enumerable.Range(1, 12).Select(seed => new Payload(seed, harness.LargeLength - (seed % 3))).ToList();
        await harness.FileSystem.WriteAsync(path, versions[0], cancellationToken: cancellationToken);
        await using var another = harness.OpenAnother();
        using var written = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadUntilAsync(another, path, versions, written.Token), cancellationToken)).ToArray();
        foreach (var version in versions)
            await harness.FileSystem.WriteAsync(path, version, WriteMode.Overwrite, cancellationToken);
        await written.CancelAsync();
        Expect.True((await Task.WhenAll(readers)).Sum() > 0, "some whole reads");
        await harness.FileSystem.CheckAsync(path, versions[^1], cancellationToken);
    }

    private static async Task<int> ReadUntilAsync(IFileSystem fileSystem, StoragePath path, List<Payload> versions, CancellationToken written)
    {
        var whole = 0;
        do
        {
            try
            {
                await using var stream = await fileSystem.OpenReadAsync(path, cancellationToken: CancellationToken.None);
                var version = await Payload.IdentifyAsync(stream, versions, CancellationToken.None);
                Expect.Equal(version.Length, stream.Entry.Length);
                whole++;
            }
            catch (FileChangedException)
            {
            }
        }
        while (!written.IsCancellationRequested);
        return whole;
    }

    private static async Task<bool> TryIncrementAsync(IFileSystem fileSystem, StoragePath path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await fileSystem.OpenReadAsync(path, cancellationToken: cancellationToken);
            var bytes = new byte[sizeof(int)];
            await stream.ReadExactlyAsync(bytes, cancellationToken);
            var next = BitConverter.GetBytes(BitConverter.ToInt32(bytes) + 1);
            await fileSystem.WriteAllBytesAsync(path, next, WriteMode.Replace(stream.Entry.ETag!), cancellationToken);
            return true;
        }
        catch (FileSystemException e) when (e.Code is FileSystemErrorCode.PreconditionFailed or FileSystemErrorCode.Conflict or FileSystemErrorCode.Changed)
        {
            return false;
        }
    }

    /// <summary>Everyone writes, all commit at once; with a <paramref name="lost"/> code one wins and the others end with it, else all win.</summary>
    private static async Task RaceAsync(
        FileSystemHarness harness, long length, Func<int, WriteMode> mode, FileSystemErrorCode? lost, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var payloads = Enumerable.Range(1, Writers).Select(seed => new Payload(seed, length)).ToList();
        await using var another = harness.OpenAnother();
        var winners = new ConcurrentBag<(Payload Payload, FileEntry Entry)>();
        using var barrier = new SemaphoreSlim(0);
        var ready = new CountdownEvent(Writers);
        var writers = payloads.Select(payload => Task.Run(
            async () =>
            {
                await using var writer = await OpenWrittenAsync(payload);
                ready.Signal();
                await barrier.WaitAsync(cancellationToken);
                if (await CommitAsync(writer, payload) is { } entry)
                    winners.Add((payload, entry));
            },
            cancellationToken)).ToArray();
        await Task.WhenAny(Task.Run(() => ready.Wait(cancellationToken), cancellationToken), Task.WhenAll(writers));
        barrier.Release(Writers);
        await Task.WhenAll(writers);

        Expect.Equal(lost is null ? Writers : 1, winners.Count, "the number of winners");
        var left = await harness.FileSystem.GetAsync(path, cancellationToken);
        await using var stream = await harness.FileSystem.OpenReadAsync(path, cancellationToken: cancellationToken);
        var whole = await Payload.IdentifyAsync(stream, payloads, cancellationToken);
        Expect.True(winners.Any(winner => winner.Payload == whole && winner.Entry.ETag == left.ETag), "the bytes and the version of a writer that was told it won");
        Expect.SameSet(["file"], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "what is there");

        async Task<FileWriter> OpenWrittenAsync(Payload payload)
        {
            var fileSystem = payload.Seed % 2 == 0 ? harness.FileSystem : another;
            var writer = await fileSystem.OpenWriteAsync(path, new WriteOptions { Mode = mode(payload.Seed) }, cancellationToken);
            await payload.WriteToAsync(writer.Stream, cancellationToken);
            return writer;
        }

        async Task<FileEntry?> CommitAsync(FileWriter writer, Payload payload)
        {
            try
            {
                return await writer.CommitAsync(cancellationToken);
            }
            catch (FileSystemException e) when (e.Code == lost)
            {
                return null;
            }
            catch (FileSystemException e) when (e.Code == FileSystemErrorCode.Conflict)
            {
                // The store refused to decide and says to write again; the second attempt is decided.
                await using var second = await OpenWrittenAsync(payload);
                return await CommitAsync(second, payload);
            }
        }
    }
}
