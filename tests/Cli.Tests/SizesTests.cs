using Cairn.Cli.Output;

namespace Cairn.Cli.Tests;

/// <summary>Numbers as people read them.</summary>
public sealed class SizesTests
{
    [Theory]
    [InlineData(null, "?")]
    [InlineData(-1L, "?")]
    [InlineData(0L, "0 B")]
    [InlineData(1023L, "1023 B")]
    [InlineData(1024L, "1.0 KiB")]
    [InlineData(1023L * 1024, "1.0 MiB")]
    [InlineData(3L << 40, "3.0 TiB")]
    [InlineData(long.MaxValue, "8.0 EiB")]
    public void Bytes_are_shown_in_the_unit_that_keeps_them_short(long? bytes, string text) => Assert.Equal(text, Sizes.Bytes(bytes));

    [Theory]
    [InlineData(-5, "now")]
    [InlineData(0, "now")]
    [InlineData(59, "59 s")]
    [InlineData(119, "1 min")]
    [InlineData(2 * 3600, "2 h")]
    [InlineData(47 * 3600, "47 h")]
    [InlineData(49 * 3600, "2 d")]
    public void An_age_is_rough(int seconds, string text) => Assert.Equal(text, Sizes.Age(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void An_age_that_is_not_known_is_none() => Assert.Equal("?", Sizes.Age(null));

    [Theory]
    [InlineData(1, "1 file")]
    [InlineData(0, "0 files")]
    [InlineData(1234, "1,234 files")]
    public void One_thing_is_no_things(long count, string text) => Assert.Equal(text, Sizes.Count(count, "file"));
}
