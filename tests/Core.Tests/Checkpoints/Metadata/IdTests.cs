using System.Globalization;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;

namespace Cairn.Tests.Checkpoints.Metadata;

public sealed class IdTests
{
    private const string Text = "bc764cd8ddf7a0cff126f51c16239658";

    [Fact]
    public void An_id_prints_its_bytes_in_their_order()
    {
        var id = new OperatorId(Convert.FromHexString(Text));

        Assert.Equal(Text, id.ToString());
        Assert.Equal(id, OperatorId.Parse(Text));
        Assert.Equal(id, OperatorId.Parse(Text.ToUpperInvariant()));
        Assert.Equal(Text, $"{id}");
        Assert.Equal(new string('0', 32), default(JobId).ToString());
    }

    /// <summary>As options, route values and the like are parsed and formatted.</summary>
    [Fact]
    public void An_id_is_parsed_and_formatted_as_any_value()
    {
        CheckText<OperatorId>();
        CheckText<JobId>();
        CheckSpan<OperatorId>();
        CheckSpan<JobId>();

        static void CheckText<T>()
            where T : struct, IParsable<T>, IFormattable
        {
            var id = T.Parse(Text, CultureInfo.InvariantCulture);
            Assert.Equal(Text, id.ToString("X", CultureInfo.InvariantCulture));
            Assert.True(T.TryParse(Text, CultureInfo.InvariantCulture, out var parsed));
            Assert.Equal(id, parsed);
            Assert.False(T.TryParse(null, CultureInfo.InvariantCulture, out _));
            Assert.Throws<ArgumentNullException>(() => T.Parse(null!, CultureInfo.InvariantCulture));
        }

        static void CheckSpan<T>()
            where T : struct, ISpanParsable<T>
        {
            Assert.True(T.TryParse(Text.AsSpan(), CultureInfo.InvariantCulture, out var parsed));
            Assert.Equal(T.Parse(Text.AsSpan(), CultureInfo.InvariantCulture), parsed);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("bc764cd8ddf7a0cff126f51c1623965")]
    [InlineData("bc764cd8ddf7a0cff126f51c162396580")]
    [InlineData("bc764cd8ddf7a0cff126f51c1623965g")]
    [InlineData(" bc764cd8ddf7a0cff126f51c1623965")]
    [InlineData("bc764cd8-ddf7-a0cf-f126-f51c16239658")]
    public void A_text_that_is_not_32_hexadecimal_digits_is_no_id(string text)
    {
        Assert.False(OperatorId.TryParse(text, out _));
        Assert.False(JobId.TryParse(text, out _));
        Assert.Throws<FormatException>(() => OperatorId.Parse(text));
        Assert.Throws<FormatException>(() => JobId.Parse(text));
    }

    [Fact]
    public void An_id_of_other_than_16_bytes_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new OperatorId(new byte[15]));
        Assert.Throws<ArgumentException>(() => new JobId(new byte[17]));
        Assert.Throws<ArgumentException>(() => default(JobId).CopyTo(new byte[15]));
    }

    [Fact]
    public void The_id_of_an_operator_uid_is_the_one_in_Flinks_files()
    {
        var named = FlinkFixtures.All
            .Where(fixture => fixture.Version >= 5 && !fixture.Path.StartsWith("generated", StringComparison.Ordinal))
            .SelectMany(fixture => CheckpointMetadataReader.Read(fixture.Read()).Operators)
            .Where(state => state.Uid is not null)
            .ToList();

        Assert.NotEmpty(named);
        Assert.All(named, state => Assert.Equal(state.Id, OperatorId.FromName(state.Uid!)));
    }

    [Theory] // reference values of the public murmur3_x64_128 test vectors
    [InlineData("", "00000000000000000000000000000000")]
    [InlineData("hello", "029bbd41b3a7d8cb191dae486a901e5b")]
    [InlineData("hello, world", "8ebc5e3a62ac2f344d41429607bcdc4c")]
    [InlineData("The quick brown fox jumps over the lazy dog.", "c902e99e1f4899cde7b68789a3a15d69")]
    public void The_id_of_a_uid_is_its_murmur3_hash(string uid, string id) => Assert.Equal(id, OperatorId.FromName(uid).ToString());

    [Fact]
    public void The_id_of_a_job_name_never_changes() =>
        Assert.Equal("2cf24dba5fb0a30e26e83b2ac5b9e29e", JobId.FromName("hello").ToString());
}
