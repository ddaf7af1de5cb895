using System.Text;
using Cairn.Checkpoints.Metadata;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>The Java object stream at the end of a file.</summary>
public sealed class PropertiesTests
{
    private static readonly int BodySize = MetadataFiles.Write(new CheckpointMetadata { Version = 3, CheckpointId = 1 }).Length;

    public static TheoryData<CheckpointProperties?, int> Sizes => new()
    {
        { null, 5 },
        { CheckpointProperties.NeverRetained, 604 },
        { CheckpointProperties.RetainedOnFailure, 604 },
        { CheckpointProperties.RetainedOnCancellation, 604 },
        { CheckpointProperties.UnclaimedSnapshot, 745 },
        { CheckpointProperties.Savepoint(SavepointFormatType.Native), 742 },
        { CheckpointProperties.Savepoint(SavepointFormatType.Canonical), 745 },
        { CheckpointProperties.Savepoint(SavepointFormatType.Native, PostCheckpointAction.Suspend), 753 },
        { CheckpointProperties.Savepoint(SavepointFormatType.Canonical, PostCheckpointAction.Suspend), 756 },
        { CheckpointProperties.Savepoint(SavepointFormatType.Canonical, PostCheckpointAction.Terminate), 760 },
    };

    [Theory]
    [MemberData(nameof(Sizes), DisableDiscoveryEnumeration = true)]
    public void Properties_take_as_many_bytes_as_Java_needs_and_are_read_back(CheckpointProperties? properties, int size)
    {
        byte[] trailer = Trailer(properties);

        Assert.Equal(size, trailer.Length);
        var read = ReadTrailer(trailer);
        Assert.Equal(properties, read.Properties);
        Assert.True(read.UnrecognizedProperties.IsEmpty);
    }

    [Fact]
    public void Flinks_files_have_properties_that_are_understood()
    {
        foreach (var fixture in FlinkFixtures.All.Where(fixture => fixture.Version >= 4))
        {
            var metadata = CheckpointMetadataReader.Read(fixture.Read());

            Assert.True(metadata.UnrecognizedProperties.IsEmpty, fixture.Path);
            if (fixture.Path.EndsWith("/savepoint/_metadata", StringComparison.Ordinal))
                Assert.IsType<SavepointType>(metadata.Properties!.SnapshotType);
        }
    }

    [Fact]
    public void Properties_of_a_later_Flink_are_read_as_far_as_they_are_known_and_kept_as_they_are()
    {
        byte[] trailer = WithAddedField(Trailer(CheckpointProperties.RetainedOnCancellation), "zulu");

        var read = ReadTrailer(trailer);

        Assert.Equal(CheckpointProperties.RetainedOnCancellation, read.Properties);
        Assert.Equal(trailer, read.UnrecognizedProperties.ToArray());
        Assert.Equal(trailer, MetadataFiles.Write(read)[BodySize..]);
    }

    [Fact]
    public void Unrecognized_properties_that_are_dropped_give_way_to_the_known_ones()
    {
        var read = ReadTrailer(WithAddedField(Trailer(CheckpointProperties.NeverRetained), "zulu"));

        var changed = read with { Properties = CheckpointProperties.RetainedOnFailure, UnrecognizedProperties = default };

        Assert.Equal(changed, MetadataFiles.RoundTrip(changed));
    }

    [Theory]
    [InlineData("AC ED 00 05 74 00 01 61")] // a string
    [InlineData("AC ED 00 05 75 72 00 02 5B 49 00 00 00 00 00 00 00 00 02 00 00 78 70 00 00 00 02 00 00 00 01 00 00 00 02")] // new int[] { 1, 2 }
    [InlineData("AC ED 00 05 73 72 00 01 61 00 00 00 00 00 00 00 00 03 00 00 78 70 77 02 01 02 74 00 01 62 78")] // an object with data of its own
    [InlineData("AC ED 00 05 7C 00 00 00 00 00 00 00 01 61")] // a long string
    [InlineData("AC ED 00 05 76 72 00 01 61 00 00 00 00 00 00 00 00 00 00 00 78 70")] // a class
    [InlineData("AC ED 00 05 73 7D 00 00 00 01 00 01 61 78 70")] // an object of a proxy class
    [InlineData("AC ED 00 05 73 72 00 01 61 00 00 00 00 00 00 00 00 02 00 00 78 72 00 01 62 00 00 00 00 00 00 00 00 02 00 01 53 00 01 73 78 70 00 07")] // its superclass has a short
    [InlineData("AC ED 00 05 73 72 00 01 61 00 00 00 00 00 00 00 00 03 00 00 78 70 7A 00 00 00 02 01 02 78")] // an object with a long block
    [InlineData("AC ED 00 05 75 72 00 02 5B 4A 00 00 00 00 00 00 00 00 02 00 00 78 70 00 00 00 01 00 00 00 00 00 00 00 01")] // new long[] { 1 }
    [InlineData("AC ED 00 05 75 72 00 03 5B 5B 43 00 00 00 00 00 00 00 00 02 00 00 78 70 00 00 00 01 75 72 00 02 5B 43 00 00 00 00 00 00 00 00 02 00 00 78 70 00 00 00 01 00 61")] // new char[][] { { 'a' } }
    [InlineData("AC ED 00 05 73 72 00 01 61 00 00 00 00 00 00 00 00 02 00 01 5B 00 01 62 74 00 02 5B 42 78 70 75 72 00 02 5B 42 00 00 00 00 00 00 00 00 02 00 00 78 70 00 00 00 01 61")] // an object with a byte[]
    [InlineData("AC ED 00 05 73 72 00 01 61 00 00 00 00 00 00 00 00 00 00 00 78 70")] // an object of a class that cannot be serialized, as a superclass may be
    public void Any_other_Java_object_is_kept_as_it_is(string hex)
    {
        byte[] trailer = FromHex(hex);

        var read = ReadTrailer(trailer);

        Assert.Null(read.Properties);
        Assert.Equal(trailer, MetadataFiles.Write(read)[BodySize..]);
        Assert.Throws<CheckpointMetadataException>(() => ReadTrailer(trailer[..^1]));
        Assert.Throws<CheckpointMetadataException>(() => ReadTrailer([.. trailer, 0x70]));
    }

    [Theory]
    [InlineData("AC ED 00 06 70", "this is not a Java object stream")]
    [InlineData("AC ED 00 05 79", "begins with 79")]
    [InlineData("AC ED 00 05 71 00 7E 00 00", "refers to nothing")]
    [InlineData("AC ED 00 05 73 70", "there is no class")]
    [InlineData("AC ED 00 05 7C FF FF FF FF FF FF FF FF", "a text of -1 bytes does not fit")]
    [InlineData("AC ED 00 05 7C 00 00 00 01 00 00 00 00", "a text of 4294967296 bytes does not fit")]
    [InlineData("AC ED 00 05 73 74 00 01 61", "not the description of a class")]
    [InlineData("AC ED 00 05 73 72 00 01 61 00 00 00 00 00 00 00 00 02 00 00 78 71 00 7E 00 00", "not the description of a class")] // its own superclass
    [InlineData("AC ED 00 05 73 72 00 01 61 00 00 00 00 00 00 00 00 04 00 00 78 70", "only its own class knows")]
    [InlineData("AC ED 00 05 73 72 00 01 61 00 00 00 00 00 00 00 00 02 00 01 5A", "ends here")]
    [InlineData("AC ED 00 05 73 72 00 01 61 00 00 00 00 00 00 00 00 02 00 01 21 00 01 61 78 70", "there is no type")]
    [InlineData("AC ED 00 05 73 72 00 01 61 00 00 00 00 00 00 00 00 02 00 01 4C 00 01 61 70 78 70", "it is not a text")]
    [InlineData("AC ED 00 05 75 72 00 01 61 00 00 00 00 00 00 00 00 02 00 00 78 70 00 00 00 00", "this is not an array")]
    [InlineData("AC ED 00 05 7E 72 00 01 61 00 00 00 00 00 00 00 00 12 00 00 78 70 70", "it is not a text")]
    public void A_Java_object_stream_that_breaks_the_grammar_is_rejected(string hex, string problem)
    {
        var error = Assert.Throws<CheckpointMetadataException>(() => ReadTrailer(FromHex(hex)));

        Assert.StartsWith("properties", error.Field, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Java_objects_nested_without_end_are_rejected()
    {
        byte[] level = FromHex("73 72 00 01 61 00 00 00 00 00 00 00 00 02 00 01 4C 00 01 61 74 00 01 61 78 70");
        byte[] arrays = FromHex("75 72 00 02 5B 4C 00 00 00 00 00 00 00 00 02 00 00 78 70 00 00 00 01");
        foreach (byte[] nested in (byte[][])[level, arrays])
        {
            byte[] trailer = [.. FromHex("AC ED 00 05"), .. Enumerable.Repeat(nested, 10_000).SelectMany(bytes => bytes)];

            Assert.Contains("nest deeper", Assert.Throws<CheckpointMetadataException>(() => ReadTrailer(trailer)).Message, StringComparison.Ordinal);
        }
    }

    private static byte[] Trailer(CheckpointProperties? properties) =>
        MetadataFiles.Write(new CheckpointMetadata { CheckpointId = 1, Properties = properties })[BodySize..];

    private static CheckpointMetadata ReadTrailer(byte[] trailer)
    {
        byte[] body = MetadataFiles.Write(new CheckpointMetadata { CheckpointId = 1 })[..BodySize];
        return CheckpointMetadataReader.Read((byte[])[.. body, .. trailer]);
    }

    /// <summary>Adds a boolean behind the other ones, as a later Flink could without changing the class's version.</summary>
    private static byte[] WithAddedField(byte[] trailer, string name)
    {
        byte[] lastFlag = [.. "Z\0\tunclaimed"u8];
        int fieldCount = trailer.AsSpan().IndexOf((byte[])[0x02, 0x00, 0x08]) + 2;
        int afterFields = trailer.AsSpan().IndexOf(lastFlag) + lastFlag.Length;
        int afterValues = trailer.AsSpan().IndexOf((byte[])[0x78, 0x70]) + 2 + 7;
        byte[] field = [(byte)'Z', 0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name)];
        trailer[fieldCount]++;
        return [.. trailer[..afterFields], .. field, .. trailer[afterFields..afterValues], 1, .. trailer[afterValues..]];
    }

    private static byte[] FromHex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));
}
