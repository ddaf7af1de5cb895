using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>The extension methods, which stand on the contract, on each store.</summary>
internal static class ConvenienceCases
{
    public static async Task A_seekable_view_reads_wherever_it_is_put(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var content = new Payload(1, harness.LargeLength);
        await harness.FileSystem.WriteAsync(harness.At("file"), content, cancellationToken: cancellationToken);
        var bytes = content.ToArray();
        await using var view = await harness.FileSystem.OpenSeekableAsync(harness.At("file"), cancellationToken: cancellationToken);
        Expect.Equal(content.Length, view.Length);
        Expect.True(view.CanSeek && view.CanRead && !view.CanWrite, "a view that reads and seeks and does not write");
        var buffer = new byte[1000];
        foreach (var position in new[] { bytes.Length - 1000, 0, 500, 1500, 3000, 3000, 150_000, 200_000, 10, bytes.Length - 1000 })
        {
            view.Position = position;
            await view.ReadExactlyAsync(buffer, cancellationToken);
            Expect.True(buffer.AsSpan().SequenceEqual(bytes.AsSpan(position, buffer.Length)), $"the bytes at {position}");
        }
        Expect.Equal(0, await view.ReadAsync(buffer, cancellationToken));
        view.Seek(10, SeekOrigin.End);
        Expect.Equal(0, await view.ReadAsync(buffer, cancellationToken));
    }

    public static async Task A_seekable_view_never_mixes_versions(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        await harness.FileSystem.WriteAsync(path, new Payload(1, harness.LargeLength), cancellationToken: cancellationToken);
        await using var view = await harness.FileSystem.OpenSeekableAsync(path, cancellationToken: cancellationToken);
        await view.ReadExactlyAsync(new byte[10], cancellationToken);
        await harness.FileSystem.WriteAsync(path, new Payload(2, harness.LargeLength), WriteMode.Overwrite, cancellationToken);
        view.Position = harness.LargeLength - 10;
        await Expect.ThrowsAsync<FileChangedException>(() => view.ReadExactlyAsync(new byte[10], cancellationToken).AsTask());
    }

    public static async Task Ranges_come_back_in_the_order_they_were_asked_for(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var content = new Payload(1, harness.LargeLength);
        await harness.FileSystem.WriteAsync(harness.At("file"), content, cancellationToken: cancellationToken);
        var bytes = content.ToArray();
        ByteRange[] ranges = [new(200_000, 100), new(0, 10), new(5, 10), new(20, 0), new(200_050, 100), new(bytes.Length - 5, 10), new(bytes.Length + 5, 10), new(100_000, 1000)];
        foreach (var gap in new[] { 0, 1000, 1_000_000 })
        {
            using var read = await harness.FileSystem.ReadRangesAsync(harness.At("file"), ranges, new RangeReadOptions { MergeGap = gap, Parallelism = 3 }, cancellationToken);
            Expect.Equal(ranges.Length, read.Count);
            for (var i = 0; i < ranges.Length; i++)
            {
                var expected = bytes.AsSpan((int)Math.Min(ranges[i].Offset, bytes.Length));
                expected = expected[..Math.Min(expected.Length, ranges[i].Length)];
                Expect.True(read[i].Span.SequenceEqual(expected), $"{expected.Length} bytes of {ranges[i]} with gaps of {gap}; {read[i].Length} came");
            }
        }
    }

    public static async Task A_moved_file_has_its_new_name_only(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var content = new Payload(1, 1000);
        await harness.FileSystem.WriteAsync(harness.At("from"), content, cancellationToken: cancellationToken);
        await harness.FileSystem.WriteAsync(harness.At("taken"), content with { Seed = 2 }, cancellationToken: cancellationToken);
        await Expect.FailsAsync(
            FileSystemErrorCode.AlreadyExists, harness.At("taken"), () => harness.FileSystem.MoveAsync(harness.At("from"), harness.At("taken"), cancellationToken: cancellationToken));
        await harness.FileSystem.MoveAsync(harness.At("from"), harness.At("to"), cancellationToken: cancellationToken);
        Expect.SameSet(["taken", "to"], await harness.FileSystem.ListKeysAsync(harness.Directory, cancellationToken), "what is there");
        await harness.FileSystem.CheckAsync(harness.At("to"), content, cancellationToken);
    }

    public static async Task A_copy_to_another_file_system_is_whole(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var content = new Payload(1, harness.LargeLength);
        await harness.FileSystem.WriteAsync(harness.At("from"), content, cancellationToken: cancellationToken);
        await using var another = harness.OpenAnother();
        await harness.FileSystem.CopyToAsync(harness.At("from"), another, harness.At("streamed"), cancellationToken: cancellationToken);
        await harness.FileSystem.CopyToAsync(harness.At("from"), harness.FileSystem, harness.At("copied"), cancellationToken: cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("streamed"), content, cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("copied"), content, cancellationToken);
    }
}
