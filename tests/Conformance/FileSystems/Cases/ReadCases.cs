using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Forward streams over a range of one version.</summary>
internal static class ReadCases
{
    private static readonly Payload Content = new(3, 1000);

    public static async Task An_absent_file_fails_at_open(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("absent");
        await Expect.FailsAsync(FileSystemErrorCode.NotFound, path, () => harness.FileSystem.OpenReadAsync(path, cancellationToken: cancellationToken));
    }

    public static async Task A_directory_is_no_file(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("directory/file"), Content, cancellationToken: cancellationToken);
        var path = harness.At("directory");
        await Expect.FailsAsync(FileSystemErrorCode.NotFound, path, () => harness.FileSystem.OpenReadAsync(path, cancellationToken: cancellationToken));
    }

    public static async Task The_stream_says_which_version_it_reads(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var committed = await harness.FileSystem.WriteAsync(path, Content, cancellationToken: cancellationToken);
        await using var stream = await harness.FileSystem.OpenReadAsync(path, new ReadOptions { Offset = 10, Length = 20 }, cancellationToken);
        Expect.Equal(path, stream.Entry.Path);
        Expect.Equal(Content.Length, stream.Entry.Length);
        Expect.Equal(committed.ETag, stream.Entry.ETag);
    }

    public static Task Every_range_is_cut_at_the_end_of_the_file(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckRangesAsync(harness, Content, cancellationToken);

    public static Task Every_range_of_an_empty_file_is_empty(FileSystemHarness harness, CancellationToken cancellationToken) =>
        CheckRangesAsync(harness, new Payload(4, 0), cancellationToken);

    public static async Task A_range_in_the_middle_of_a_large_file_is_read(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var content = new Payload(5, harness.LargeLength);
        await harness.FileSystem.WriteAsync(harness.At("large"), content, cancellationToken: cancellationToken);
        var bytes = content.ToArray();
        var offset = bytes.Length / 2;
        var read = await harness.FileSystem.ReadAllBytesAsync(harness.At("large"), new ReadOptions { Offset = offset, Length = 5000 }, cancellationToken);
        Expect.True(read.AsSpan().SequenceEqual(bytes.AsSpan(offset, 5000)), "the bytes of the range");
    }

    public static async Task A_negative_range_is_an_argument_error(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(() => harness.FileSystem.OpenReadAsync(path, new ReadOptions { Offset = -1 }, cancellationToken));
        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(() => harness.FileSystem.OpenReadAsync(path, new ReadOptions { Length = -1 }, cancellationToken));
    }

    public static async Task Only_the_expected_version_is_opened(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var first = await harness.FileSystem.WriteAsync(path, Content, cancellationToken: cancellationToken);
        var ifFirst = new ReadOptions { IfMatch = first.ETag };
        Content.Check(await harness.FileSystem.ReadAllBytesAsync(path, ifFirst, cancellationToken));
        await harness.FileSystem.WriteAsync(path, Content with { Seed = 9 }, WriteMode.Overwrite, cancellationToken);
        await Expect.FailsAsync(FileSystemErrorCode.PreconditionFailed, path, () => harness.FileSystem.OpenReadAsync(path, ifFirst, cancellationToken));
        await harness.FileSystem.DeleteAsync(path, cancellationToken);
        await Expect.FailsAsync(FileSystemErrorCode.NotFound, path, () => harness.FileSystem.OpenReadAsync(path, ifFirst, cancellationToken));
    }

    public static async Task Synchronous_and_asynchronous_reads_go_on_where_the_other_stopped(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("file"), Content, cancellationToken: cancellationToken);
        await using var stream = await harness.FileSystem.OpenReadAsync(harness.At("file"), cancellationToken: cancellationToken);
        var bytes = new byte[Content.Length];
        Expect.Equal(0, await stream.ReadAsync(Memory<byte>.Empty, cancellationToken));
        Expect.Equal(100, ReadFully(stream, bytes.AsSpan(0, 100)));
        await stream.ReadExactlyAsync(bytes.AsMemory(100, 400), cancellationToken);
        Expect.Equal(bytes.Length - 500, ReadFully(stream, bytes.AsSpan(500)));
        Expect.Equal(0, await stream.ReadAsync(bytes, cancellationToken));
        Expect.Equal(0, ReadFully(stream, bytes.AsSpan(0, 1)));
        Content.Check(bytes);
    }

    public static async Task The_stream_goes_forward_only(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await harness.FileSystem.WriteAsync(harness.At("file"), Content, cancellationToken: cancellationToken);
        await using var stream = await harness.FileSystem.OpenReadAsync(harness.At("file"), cancellationToken: cancellationToken);
        Expect.True(stream is { CanRead: true, CanSeek: false, CanWrite: false }, "a stream that can be read and nothing else");
        await Expect.ThrowsAsync<NotSupportedException>(() => Task.FromResult(stream.Length));
    }

    public static async Task A_stream_that_is_disposed_early_frees_what_it_holds(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var content = new Payload(6, harness.LargeLength);
        await harness.FileSystem.WriteAsync(harness.At("large"), content, cancellationToken: cancellationToken);
        for (var i = 0; i < 20; i++)
        {
            var stream = await harness.FileSystem.OpenReadAsync(harness.At("large"), cancellationToken: cancellationToken);
            Expect.True(await stream.ReadAsync(new byte[10], cancellationToken) > 0, "some bytes");
            await stream.DisposeAsync();
            await stream.DisposeAsync();
            await Expect.ThrowsAsync<ObjectDisposedException>(() => stream.ReadExactlyAsync(new byte[10], cancellationToken).AsTask());
        }
        await harness.FileSystem.CheckAsync(harness.At("large"), content, cancellationToken);
    }

    public static async Task A_file_that_is_replaced_while_it_is_read_gives_the_old_bytes_or_says_so(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        var content = new Payload(7, harness.LargeLength);
        await harness.FileSystem.WriteAsync(path, content, cancellationToken: cancellationToken);
        await using var stream = await harness.FileSystem.OpenReadAsync(path, cancellationToken: cancellationToken);
        await harness.FileSystem.WriteAsync(path, content with { Seed = 8 }, WriteMode.Overwrite, cancellationToken);
        try
        {
            await content.CheckAsync(stream, cancellationToken);
        }
        catch (FileChangedException)
        {
        }
        await harness.FileSystem.CheckAsync(path, content with { Seed = 8 }, cancellationToken);
    }

    private static async Task CheckRangesAsync(FileSystemHarness harness, Payload content, CancellationToken cancellationToken)
    {
        var path = harness.At("file");
        await harness.FileSystem.WriteAsync(path, content, cancellationToken: cancellationToken);
        var bytes = content.ToArray();
        var n = content.Length;
        (long Offset, long? Length)[] ranges =
        [
            (0, null), (0, 0), (0, 1), (0, n), (0, n + 5), (0, long.MaxValue), (5, 3), (5, 0), (Math.Max(n - 1, 0), null), (Math.Max(n - 2, 0), 10),
            (n, null), (n, 0), (n, 1), (n + 1, null), (n + 1, 5), (n + 100, long.MaxValue), (long.MaxValue, null), (long.MaxValue, 1),
        ];
        foreach (var (offset, length) in ranges)
        {
            await using var stream = await harness.FileSystem.OpenReadAsync(path, new ReadOptions { Offset = offset, Length = length }, cancellationToken);
            using var read = new MemoryStream();
            await stream.CopyToAsync(read, cancellationToken);
            var expected = bytes.AsSpan((int)Math.Min(offset, n));
            expected = expected[..(int)Math.Min(expected.Length, length ?? expected.Length)];
            Expect.True(read.ToArray().AsSpan().SequenceEqual(expected), $"{expected.Length} bytes from {offset}, length {length?.ToString() ?? "open"}, of {n}; {read.Length} came");
            Expect.Equal(n, stream.Entry.Length);
        }
    }

    private static int ReadFully(Stream stream, Span<byte> buffer) => stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
}
