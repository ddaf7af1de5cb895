namespace Cairn.Providers.S3.Tests;

/// <summary>Answers that are taken in: whole whatever their length, refused when they are too long, and read once, forwards.</summary>
public sealed class AnswerBytesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4 * 1024)]
    [InlineData((4 * 1024) + 1)]
    [InlineData((4 + 64) * 1024)]
    [InlineData(300_001)]
    public async Task An_answer_is_read_as_it_came(int length)
    {
        var sent = new byte[length];
        new Random(length).NextBytes(sent);
        await using var answer = await AnswerBytes.TakeInAsync(new MemoryStream(sent), length, Token);
        using var read = new MemoryStream();
        await answer!.CopyToAsync(read, Token);
        Assert.Equal(sent, read.ToArray());
        Assert.Equal(0, answer.Read(new byte[1], 0, 1));
    }

    [Fact]
    public async Task An_answer_that_is_a_byte_too_long_is_not_taken_in() =>
        Assert.Null(await AnswerBytes.TakeInAsync(new MemoryStream(new byte[10_001]), 10_000, Token));

    [Fact]
    public async Task An_answer_is_read_forwards_and_nothing_else()
    {
        await using var answer = await AnswerBytes.TakeInAsync(new MemoryStream([1, 2, 3]), 3, Token);
        Assert.Equal((true, false, false), (answer!.CanRead, answer.CanSeek, answer.CanWrite));
        answer.Flush();
        Assert.Throws<NotSupportedException>(() => answer.Length);
        Assert.Throws<NotSupportedException>(() => answer.Position);
        Assert.Throws<NotSupportedException>(() => answer.Position = 0);
        Assert.Throws<NotSupportedException>(() => answer.Seek(0, SeekOrigin.Begin));
        Assert.Throws<NotSupportedException>(() => answer.SetLength(0));
        Assert.Throws<NotSupportedException>(() => answer.Write([1], 0, 1));
        Assert.Equal(1, answer.ReadByte());
        var rest = new byte[3];
#pragma warning disable CA1835 // The older overload is meant.
        Assert.Equal(2, await answer.ReadAsync(rest, 1, 2, Token));
#pragma warning restore CA1835
        Assert.Equal([0, 2, 3], rest);
    }
}
