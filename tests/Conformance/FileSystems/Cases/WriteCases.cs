using System.IO.Compression;
using System.Text;
using Cairn.FileSystems;

namespace Cairn.Conformance.FileSystems.Cases;

/// <summary>Bytes in, the same bytes out, whatever the length and the way they are written.</summary>
internal static class WriteCases
{
    public static Task An_empty_file_is_a_file(FileSystemHarness harness, CancellationToken cancellationToken) => RoundTripAsync(harness, 0, null, cancellationToken);

    public static Task One_byte_is_a_file(FileSystemHarness harness, CancellationToken cancellationToken) => RoundTripAsync(harness, 1, 1, cancellationToken);

    public static Task A_large_file_of_unknown_length_is_whole(FileSystemHarness harness, CancellationToken cancellationToken) =>
        RoundTripAsync(harness, harness.LargeLength, null, cancellationToken);

    public static Task A_large_file_of_known_length_is_whole(FileSystemHarness harness, CancellationToken cancellationToken) =>
        RoundTripAsync(harness, harness.LargeLength, harness.LargeLength, cancellationToken);

    public static Task A_hint_may_be_too_small(FileSystemHarness harness, CancellationToken cancellationToken) =>
        RoundTripAsync(harness, harness.LargeLength, 10, cancellationToken);

    public static Task A_hint_may_be_too_large(FileSystemHarness harness, CancellationToken cancellationToken) =>
        RoundTripAsync(harness, 10, harness.LargeLength, cancellationToken);

    public static async Task Synchronous_writes_of_any_size_are_kept_in_order(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var bytes = new Payload(2, harness.LargeLength).ToArray();
        await using var writer = await harness.FileSystem.OpenWriteAsync(harness.At("file"), cancellationToken: cancellationToken);
        var at = 0;
        for (var size = 1; at < bytes.Length; size = (size * 3) % 100_003)
        {
            var count = Math.Min(size, bytes.Length - at);
            if (count == 1)
                writer.Stream.WriteByte(bytes[at]);
            else if (size % 2 == 0)
                writer.Stream.Write(bytes, at, count);
            else
                writer.Stream.Write(bytes.AsSpan(at, count));
            at += count;
            writer.Stream.Flush();
            Expect.Equal(at, writer.Position);
        }
        await writer.CommitAsync(cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("file"), new Payload(2, harness.LargeLength), cancellationToken);
    }

    public static async Task The_caller_may_use_its_buffer_again_after_each_write(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var buffer = new byte[10_000];
        var parts = harness.LargeLength / buffer.Length + 1;
        await using (var writer = await harness.FileSystem.OpenWriteAsync(harness.At("file"), cancellationToken: cancellationToken))
        {
            for (var i = 0; i < parts; i++)
            {
                Array.Fill(buffer, (byte)i);
                if (i % 2 == 0)
                    await writer.Stream.WriteAsync(buffer, cancellationToken);
                else
                    writer.Stream.Write(buffer);
            }
            Array.Clear(buffer);
            await writer.CommitAsync(cancellationToken);
        }
        await using var stream = await harness.FileSystem.OpenReadAsync(harness.At("file"), cancellationToken: cancellationToken);
        for (var i = 0; i < parts; i++)
        {
            await stream.ReadExactlyAsync(buffer, cancellationToken);
            Expect.True(buffer.AsSpan().IndexOfAnyExcept((byte)i) < 0, $"part {i} of {parts} to be as it was when it was written");
        }
        Expect.Equal(0, await stream.ReadAsync(buffer, cancellationToken));
    }

    public static async Task A_wrapping_stream_publishes_nothing_and_discards_nothing(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        var path = harness.At("text.gz");
        await using var writer = await harness.FileSystem.OpenWriteAsync(path, cancellationToken: cancellationToken);
        await using (var text = new StreamWriter(new GZipStream(writer.Stream, CompressionLevel.Fastest), Encoding.UTF8))
        {
            for (var i = 0; i < 1000; i++)
                await text.WriteLineAsync($"line {i}".AsMemory(), cancellationToken);
        }
        await harness.FileSystem.CheckAbsentAsync(path, cancellationToken);
        var entry = await writer.CommitAsync(cancellationToken);
        Expect.Equal(writer.Position, entry.Length);

        await using var stream = await harness.FileSystem.OpenReadAsync(path, cancellationToken: cancellationToken);
        using var lines = new StreamReader(new GZipStream(stream, CompressionMode.Decompress), Encoding.UTF8);
        for (var i = 0; i < 1000; i++)
            Expect.Equal($"line {i}", await lines.ReadLineAsync(cancellationToken));
        Expect.Equal(null, await lines.ReadLineAsync(cancellationToken));
    }

    public static async Task The_stream_is_for_writing_only(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await using var writer = await harness.FileSystem.OpenWriteAsync(harness.At("file"), cancellationToken: cancellationToken);
        Expect.True(writer.Stream is { CanRead: false, CanSeek: false, CanWrite: true }, "a stream that can be written and nothing else");
        Expect.True(ReferenceEquals(writer.Stream, writer.Stream), "the same stream each time");
        Expect.Equal(harness.At("file"), writer.Path);
        Expect.Equal(0, writer.Position);
        await writer.Stream.WriteAsync(new byte[7], cancellationToken);
        Expect.Equal(7, writer.Position);
        Expect.Equal(7, writer.Stream.Position);
    }

    public static async Task Writers_of_different_files_do_not_disturb_each_other(FileSystemHarness harness, CancellationToken cancellationToken)
    {
        await using var first = await harness.FileSystem.OpenWriteAsync(harness.At("first"), cancellationToken: cancellationToken);
        await using var second = await harness.FileSystem.OpenWriteAsync(harness.At("second"), cancellationToken: cancellationToken);
        var (one, two) = (new Payload(1, harness.LargeLength), new Payload(2, harness.LargeLength));
        await Task.WhenAll(one.WriteToAsync(first.Stream, cancellationToken), two.WriteToAsync(second.Stream, cancellationToken));
        await second.CommitAsync(cancellationToken);
        await first.CommitAsync(cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("first"), one, cancellationToken);
        await harness.FileSystem.CheckAsync(harness.At("second"), two, cancellationToken);
    }

    private static async Task RoundTripAsync(FileSystemHarness harness, long length, long? hint, CancellationToken cancellationToken)
    {
        var content = new Payload(1, length);
        await using (var writer = await harness.FileSystem.OpenWriteAsync(harness.At("a/b/file"), new WriteOptions { LengthHint = hint }, cancellationToken))
        {
            await content.WriteToAsync(writer.Stream, cancellationToken);
            Expect.Equal(length, writer.Position);
            var entry = await writer.CommitAsync(cancellationToken);
            Expect.Equal(length, entry.Length);
        }
        await using var another = harness.OpenAnother();
        await another.CheckAsync(harness.At("a/b/file"), content, cancellationToken);
    }
}
