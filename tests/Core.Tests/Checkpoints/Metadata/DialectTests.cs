using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>Files that have the version number of others and another layout.</summary>
public sealed class DialectTests
{
    private static readonly FileStateHandle SomeFile = new("s3://bucket/state", 5);
    private static readonly KeyGroupRange Groups = new(0, 3);

    [Fact]
    public void Channels_without_a_subtask_have_that_of_their_entry()
    {
        var metadata = Of(3, MetadataDialect.ChannelsWithoutSubtask, new OperatorSubtaskState
        {
            Index = 4,
            InputChannelState = [new InputChannelStateHandle(4, new InputChannelInfo(0, 1), [1, 2], 9, SomeFile)],
            ResultSubpartitionState = [new ResultSubpartitionStateHandle(4, new ResultSubpartitionInfo(0, 1), [3], 9, SomeFile)],
        });

        Assert.Equal(metadata, MetadataFiles.RoundTrip(metadata));
        Assert.Equal(metadata with { Dialect = MetadataDialect.Standard }, MetadataFiles.RoundTrip(metadata with { Dialect = MetadataDialect.Standard }));
    }

    [Fact]
    public void A_channel_of_another_subtask_has_no_place_in_the_dialect_without()
    {
        var metadata = Of(3, MetadataDialect.ChannelsWithoutSubtask, new OperatorSubtaskState
        {
            Index = 4,
            InputChannelState = [new InputChannelStateHandle(5, new InputChannelInfo(0, 1), [], 9, SomeFile)],
        });

        Assert.Throws<CheckpointMetadataException>(() => MetadataFiles.Write(metadata));
    }

    [Fact]
    public void Changelogs_of_Flink_1_14_have_neither_ids_nor_sizes()
    {
        var stream = new ChangelogStateHandleStream(Groups, 77) { HandlesAndOffsets = [new HandleAndOffset(SomeFile, 3)] };
        var memory = new InMemoryChangelogStateHandle(Groups) { From = 1, To = 3, Changes = [new StateChange(-1, new byte[2]), new StateChange(2, default)] };
        var changelog = new ChangelogStateBackendHandle(Groups) { Materialized = [], NonMaterialized = [stream, memory] };
        var metadata = Of(3, MetadataDialect.ChangelogWithoutIds, new OperatorSubtaskState { Index = 0, ManagedKeyedState = changelog });

        Assert.Equal(metadata, MetadataFiles.RoundTrip(metadata));
        Assert.Equal("Changelog(8)=1;ChangelogStream(10)=1;File(2)=1;InMemoryChangelog(9)=1", MetadataFiles.HandleTypes(metadata));
        foreach (var withMore in (KeyedStateHandle[])[changelog with { StateHandleId = "id" }, changelog with { MaterializationId = 1 }, stream with { CheckpointedSize = 1 }, memory with { StateHandleId = "id" }])
        {
            var more = Of(3, MetadataDialect.ChangelogWithoutIds, new OperatorSubtaskState { Index = 0, ManagedKeyedState = withMore });
            Assert.Throws<CheckpointMetadataException>(() => MetadataFiles.Write(more));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Segments_of_snapshots_of_Flink_1_20_have_no_logical_file(int version)
    {
        var segment = new SegmentFileStateHandle("file:/tmp/segments", 10, 20, CheckpointedStateScope.Shared, null);
        var state = new FileMergingOperatorStreamStateHandle([], segment, "file:/tmp/owned", "file:/tmp/shared", false);
        var metadata = Of(version, MetadataDialect.SegmentsWithoutLogicalFile, new OperatorSubtaskState { Index = 0, RawOperatorState = state });

        Assert.Equal(metadata, MetadataFiles.RoundTrip(metadata));
        var identified = Of(version, MetadataDialect.SegmentsWithoutLogicalFile, new OperatorSubtaskState { Index = 0, RawOperatorState = state with { Delegate = segment with { LogicalFileId = "id" } } });
        Assert.Contains("the logical file id of a segment", Assert.Throws<CheckpointMetadataException>(() => MetadataFiles.Write(identified)).Message, StringComparison.Ordinal);
        var converted = MetadataFiles.RoundTrip(metadata with { Dialect = MetadataDialect.Standard });
        Assert.NotEmpty(((SegmentFileStateHandle)converted.Operators[0].Subtasks[0].RawOperatorState!.Delegate).LogicalFileId!);
    }

    [Fact]
    public void Key_groups_of_Flink_1_1_have_an_index_of_one_byte()
    {
        var metadata = Of(0, MetadataDialect.NarrowKeyGroupIndex);
        metadata = metadata with { Operators = [metadata.Operators[0] with { KeyGroupStates = [new SerializedKeyGroupState(7, new byte[5], 1, 2), new SerializedKeyGroupState(255, null, 1, 2)] }] };

        Assert.Equal(metadata, MetadataFiles.RoundTrip(metadata));
    }

    [Fact]
    public void A_file_that_is_of_no_dialect_is_rejected_for_what_is_wrong_with_it_in_the_standard_layout()
    {
        var subtask = new OperatorSubtaskState { Index = 0, InputChannelState = [new InputChannelStateHandle(0, new InputChannelInfo(0, 1), [], 9, SomeFile)] };
        byte[] file = MetadataFiles.Write(Of(3, MetadataDialect.Standard, subtask));
        file[^(4 + 17 + 2 + 8 + 1)] = 99;

        var error = Assert.Throws<CheckpointMetadataException>(() => CheckpointMetadataReader.Read(file));

        Assert.Equal("operators[0].subtasks[0].inputChannelState[0].delegate.type", error.Field);
    }

    private static CheckpointMetadata Of(int version, MetadataDialect dialect, params OperatorSubtaskState[] subtasks) => new()
    {
        Version = version,
        Dialect = dialect,
        CheckpointId = 1,
        Operators =
        [
            new OperatorState { Id = OperatorId.FromName("op"), Parallelism = 8, MaxParallelism = version == 0 ? -1 : 8, Subtasks = [.. subtasks] },
        ],
    };
}
