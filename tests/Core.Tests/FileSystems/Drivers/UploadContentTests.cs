using Cairn.FileSystems.Drivers;
using Cairn.Worker;

namespace Cairn.Tests.FileSystems.Drivers;

/// <summary>What an SDK does with the content of a request: it asks for the length, seeks back and reads again, copies, and goes on when all is over.</summary>
public sealed class UploadContentTests
{
    // More than one block, and no multiple of one.
    private static readonly byte[] Bytes = Pattern.Of(1, 200_001);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Kinds { get; } = ["memory", "disk"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task It_is_read_copied_and_read_again_from_any_place(string kind)
    {
        var content = Content(kind);
        using var _ = (IDisposable)content;
        await using var stream = content.OpenRead();
        Assert.Equal((Bytes.Length, 0), (stream.Length, stream.Position));

        Assert.Equal(Bytes, await CopyAsync(stream));
        Assert.Equal(-1, stream.ReadByte());
        Assert.Equal(3, stream.Seek(3, SeekOrigin.Begin));
        Assert.Equal(Bytes[3..], await CopyAsync(stream));
        Assert.Equal(Bytes.Length - 10, stream.Seek(-10, SeekOrigin.End));
        Assert.Equal(Bytes.Length - 8, stream.Seek(2, SeekOrigin.Current));
        var last = new byte[20];
        Assert.Equal(8, await stream.ReadAtLeastAsync(last, last.Length, throwOnEndOfStream: false, Token));
        Assert.Equal(Bytes[^8..], last[..8]);
        Assert.Equal(Crc32C.Append(0, Bytes), content.Checksum);

        static async Task<byte[]> CopyAsync(Stream stream)
        {
            var copy = new MemoryStream();
            await stream.CopyToAsync(copy, Token);
            return copy.ToArray();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_request_that_was_given_up_reads_nothing_more_however_it_tries(string kind)
    {
        var content = Content(kind);
        using var _ = (IDisposable)content;
        var stream = content.OpenRead();
        await stream.DisposeAsync();

        Assert.False(stream.CanRead);
        Assert.False(stream.CanSeek);
        Assert.Throws<ObjectDisposedException>(() => stream.ReadByte());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.ReadExactlyAsync(new byte[1], Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.CopyToAsync(Stream.Null, Token));
        // The content itself is there for the next attempt.
        await using var again = content.OpenRead();
        Assert.Equal(Bytes[0], again.ReadByte());
    }

    [Fact]
    public async Task A_cancelled_read_reads_nothing()
    {
        using var content = new PartBuffer(1);
        await using var stream = content.OpenRead();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.ReadExactlyAsync(new byte[1], new CancellationToken(canceled: true)));
    }

    private static UploadContent Content(string kind)
    {
        if (kind == "disk")
        {
            var file = new SpoolFile(Path.GetTempPath());
            file.Append(Bytes);
            return file;
        }
        var buffer = new PartBuffer(Bytes.Length);
        buffer.Append(Bytes);
        return buffer;
    }
}
