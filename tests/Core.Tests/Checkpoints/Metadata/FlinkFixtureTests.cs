using Cairn.Checkpoints.Metadata;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>What holds for every file that Flink's own writers made.</summary>
public sealed class FlinkFixtureTests
{
    [Fact]
    public void Every_file_is_read_to_its_last_byte_and_written_back_identical()
    {
        foreach (var fixture in FlinkFixtures.All)
        {
            var file = fixture.Read();

            var metadata = CheckpointMetadataReader.Read(file);

            Assert.True(file.Span.SequenceEqual(MetadataFiles.Write(metadata)), fixture.Path);
        }
    }

    [Fact]
    public void Every_file_holds_what_the_index_counts_in_it()
    {
        foreach (var fixture in FlinkFixtures.All)
        {
            var metadata = CheckpointMetadataReader.Read(fixture.Read());

            Assert.Equal(
                (fixture.Path, fixture.Version, fixture.CheckpointId, fixture.MasterStates, fixture.Operators, fixture.Subtasks),
                (fixture.Path, metadata.Version, metadata.CheckpointId, metadata.MasterStates.Length, metadata.Operators.Length, metadata.Operators.Sum(state => state.Subtasks.Length)));
            Assert.Equal((fixture.Path, fixture.HandleTypes), (fixture.Path, MetadataFiles.HandleTypes(metadata)));
            Assert.Equal(
                (fixture.Path, fixture.Dialect),
                (fixture.Path, DialectName(metadata.Dialect)));
        }
    }

    [Fact]
    public async Task Every_file_is_read_equal_from_memory_and_from_a_stream()
    {
        foreach (var fixture in FlinkFixtures.All)
        {
            var file = fixture.Read();
            var first = CheckpointMetadataReader.Read(file);
            var second = await CheckpointMetadataReader.ReadAsync(new MemoryStream(file.ToArray()), TestContext.Current.CancellationToken);

            Assert.Equal(first, second);
            Assert.Equal(first.GetHashCode(), second.GetHashCode());
        }
    }

    [Fact]
    public void Every_file_cut_by_one_byte_is_rejected()
    {
        foreach (var fixture in FlinkFixtures.All)
        {
            var file = fixture.Read();

            Assert.Throws<CheckpointMetadataException>(() => CheckpointMetadataReader.Read(file[..^1]));
        }
    }

    [Fact]
    public void Every_beginning_of_a_file_is_rejected()
    {
        foreach (var fixture in FlinkFixtures.All.Where(fixture => fixture.Size <= 2048))
        {
            var file = fixture.Read();

            for (int length = 0; length < file.Length; length++)
                Assert.Throws<CheckpointMetadataException>(() => CheckpointMetadataReader.Read(file[..length]));
        }
    }

    [Fact]
    public void Every_file_with_one_byte_more_is_rejected()
    {
        foreach (var fixture in FlinkFixtures.All)
        {
            foreach (byte added in (byte[])[0, 1, 0x70, 0xFF])
                Assert.Throws<CheckpointMetadataException>(() => CheckpointMetadataReader.Read((byte[])[.. fixture.Read().Span, added]));
        }
    }

    private static string DialectName(MetadataDialect dialect) => dialect switch
    {
        MetadataDialect.ChannelsWithoutSubtask => "v3-1.11",
        MetadataDialect.ChangelogWithoutIds => "v3-1.14",
        MetadataDialect.Standard => "current",
        _ => dialect.ToString(),
    };
}
