using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>Files named relative to the metadata, and the rule of Flink 2.4 about them.</summary>
public sealed class RelativePathTests
{
    private const string Here = "s3://bucket/job/chk-2";
    private const string Elsewhere = "s3://bucket/savepoint-1";

    [Fact]
    public void Relative_files_are_resolved_where_the_reader_is_told_the_directory()
    {
        var handle = (RelativeFileStateHandle)Read(Elsewhere);

        Assert.Equal("uuid", handle.RelativePath);
        Assert.Equal("s3://bucket/savepoint-1/uuid", handle.FilePath);
        Assert.Equal("s3://bucket/savepoint-1/uuid", ((RelativeFileStateHandle)Read(Elsewhere + "/")).FilePath);
    }

    [Fact]
    public void Relative_files_stay_unresolved_where_it_is_not_told() => Assert.Null(((RelativeFileStateHandle)Read(null)).FilePath);

    [Theory]
    [InlineData(Here)]
    [InlineData(Here + "/")]
    public void A_file_beside_the_metadata_is_written_relative(string directory) =>
        Assert.Equal(new RelativeFileStateHandle("uuid", 5), Written(Read(Here), directory));

    [Fact]
    public void A_file_of_another_directory_is_written_absolute() =>
        Assert.Equal(new FileStateHandle("s3://bucket/savepoint-1/uuid", 5), Written(Read(Elsewhere), Here));

    [Fact]
    public void A_file_is_written_relative_where_a_directory_is_not_known()
    {
        Assert.Equal(new RelativeFileStateHandle("uuid", 5), Written(Read(Elsewhere), null));
        Assert.Equal(new RelativeFileStateHandle("uuid", 5), Written(Read(null), Here));
    }

    [Fact]
    public void Data_of_channels_is_always_written_relative()
    {
        var channel = new InputChannelStateHandle(0, new InputChannelInfo(0, 0), [], 5, Read(Elsewhere));

        var written = RoundTrip(new OperatorSubtaskState { Index = 0, InputChannelState = [channel] }, new() { Directory = Here });

        Assert.Equal(new RelativeFileStateHandle("uuid", 5), written.InputChannelState[0].Delegate);
    }

    [Fact]
    public void A_relative_file_inside_a_changelog_follows_the_rule_too()
    {
        var part = new KeyGroupsStateHandle(new KeyGroupRangeOffsets(new KeyGroupRange(0, 0), [0]), Read(Elsewhere)) { StateHandleId = "part" };
        var changelog = new ChangelogStateBackendHandle(new KeyGroupRange(0, 0)) { Materialized = [part], CheckpointId = 1, StateHandleId = "id" };

        var written = RoundTrip(new OperatorSubtaskState { Index = 0, ManagedKeyedState = changelog }, new() { Directory = Here });

        var materialized = Assert.IsType<KeyGroupsStateHandle>(Assert.IsType<ChangelogStateBackendHandle>(written.ManagedKeyedState).Materialized[0]);
        Assert.Equal(new FileStateHandle("s3://bucket/savepoint-1/uuid", 5), materialized.Delegate);
    }

    [Fact]
    public void A_version_without_relative_files_has_them_absolute_where_the_directory_is_known()
    {
        var absolute = new FileStateHandle("s3://bucket/job/chk-2/uuid", 5);

        Assert.Equal(absolute, Written(Read(Here), null, version: 2));
        Assert.Equal(absolute, Written(Read(null), Here, version: 2));
        Assert.Throws<CheckpointMetadataException>(() => Written(Read(null), null, version: 2));
    }

    [Fact]
    public void Files_of_another_directory_are_written_as_Flink_writes_them()
    {
        // Flink wrote one metadata for the directory of its files, s3://bucket/chk-5, and for another one; only random ids differ.
        var same = FlinkFixtures.Generated("exclusive-same").ToDictionary(fixture => fixture.Version);
        foreach (var other in FlinkFixtures.Generated("exclusive-other").Where(fixture => same.ContainsKey(fixture.Version)))
        {
            var metadata = CheckpointMetadataReader.Read(same[other.Version].Read(), new() { Directory = "s3://bucket/chk-5" });

            byte[] written = MetadataFiles.Write(metadata, new() { Directory = Here });

            Assert.Equal(other.Size, written.Length);
            Assert.Equal(other.HandleTypes, MetadataFiles.HandleTypes(CheckpointMetadataReader.Read(written)));
            Assert.True(written.AsSpan().IndexOf("s3://bucket/chk-5/rel1"u8) > 0);
        }
    }

    private static StreamStateHandle Read(string? directory)
    {
        byte[] file = MetadataFiles.Write(Metadata(new OperatorSubtaskState
        {
            Index = 0,
            ManagedOperatorState = new OperatorStreamStateHandle([], new RelativeFileStateHandle("uuid", 5)),
        }));
        var metadata = CheckpointMetadataReader.Read(file, new CheckpointMetadataReaderOptions { Directory = directory });
        return metadata.Operators[0].Subtasks[0].ManagedOperatorState!.Delegate;
    }

    private static StreamStateHandle Written(StreamStateHandle handle, string? directory, int version = CheckpointMetadata.LatestVersion)
    {
        var subtask = new OperatorSubtaskState { Index = 0, ManagedOperatorState = new OperatorStreamStateHandle([], handle) };
        return RoundTrip(subtask, new CheckpointMetadataWriterOptions { Directory = directory, Version = version }).ManagedOperatorState!.Delegate;
    }

    private static OperatorSubtaskState RoundTrip(OperatorSubtaskState subtask, CheckpointMetadataWriterOptions options) =>
        MetadataFiles.RoundTrip(Metadata(subtask), options).Operators[0].Subtasks[0];

    private static CheckpointMetadata Metadata(OperatorSubtaskState subtask) => new()
    {
        CheckpointId = 1,
        Operators = [new OperatorState { Id = OperatorId.FromName("op"), Parallelism = 1, MaxParallelism = 1, Subtasks = [subtask] }],
    };
}
