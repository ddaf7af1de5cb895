using Cairn.FileSystems.Drivers;

namespace Cairn.Tests.FileSystems.Drivers;

public sealed class Crc32CTests
{
    [Fact]
    public void The_check_value_of_the_catalogue_comes_out()
    {
        Assert.Equal(0xE3069283, Crc32C.Append(0, "123456789"u8));
        Assert.Equal(0u, Crc32C.Append(0, []));
        Assert.Equal("4waSgw==", Crc32C.ToBase64(0xE3069283));
        Assert.Equal(0xE3069283, Crc32C.FromBase64("4waSgw=="));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("4waSgw==-2")]
    [InlineData("4waSgw%=")]
    [InlineData("4waS    ")]
    [InlineData("4waSgwA=")]
    public void What_is_no_checksum_is_none(string? text) => Assert.Null(Crc32C.FromBase64(text));

    [Fact]
    public void Pieces_of_every_length_give_what_the_whole_gives_however_they_are_joined()
    {
        var random = new Random(1);
        var bytes = new byte[20_000];
        random.NextBytes(bytes);
        var whole = BitByBit(bytes);
        Assert.Equal(whole, Crc32C.Append(0, bytes));
        for (var i = 0; i < 200; i++)
        {
            var cut = random.Next(bytes.Length + 1);
            var (first, second) = (Crc32C.Append(0, bytes.AsSpan(0, cut)), Crc32C.Append(0, bytes.AsSpan(cut)));
            Assert.Equal(whole, Crc32C.Append(first, bytes.AsSpan(cut)));
            Assert.Equal(whole, Crc32C.Combine(first, second, bytes.Length - cut));
        }
    }

    [Fact]
    public void Parts_of_any_length_combine_in_any_order()
    {
        var random = new Random(2);
        for (var i = 0; i < 100; i++)
        {
            var (a, b, c) = ((uint)random.NextInt64(uint.MaxValue), (uint)random.NextInt64(uint.MaxValue), (uint)random.NextInt64(uint.MaxValue));
            var (lengthOfB, lengthOfC) = (random.NextInt64(1L << 42), random.NextInt64(1L << 42));
            var fromTheLeft = Crc32C.Combine(Crc32C.Combine(a, b, lengthOfB), c, lengthOfC);
            Assert.Equal(fromTheLeft, Crc32C.Combine(a, Crc32C.Combine(b, c, lengthOfC), lengthOfB + lengthOfC));
        }
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        var state = uint.MaxValue;
        foreach (var b in bytes)
        {
            state ^= b;
            for (var bit = 0; bit < 8; bit++)
                state = (state & 1) != 0 ? (state >> 1) ^ 0x82F63B78 : state >> 1;
        }
        return ~state;
    }
}
