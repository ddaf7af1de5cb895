using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using Cairn.Tests.Checkpoints.Metadata;
using CsCheck;

namespace Cairn.Tests.Checkpoints;

/// <summary>Metadata whose handles are replaced, wherever they stand.</summary>
public sealed class StateHandleMapTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Metadata_whose_handles_stay_what_they_are_is_the_same(int version) =>
        MetadataGen.Of(version).Sample(metadata => Assert.Equal(metadata, new StateHandleMap(handle => handle, directory => directory).Map(metadata)), iter: 200);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    public void No_file_and_no_directory_is_overlooked(int version)
    {
        var everything = new StateHandleMap(handle => handle is ByteStreamStateHandle or EmptySegmentFileStateHandle ? handle : new FileStateHandle("moved", 1), _ => "moved");

        MetadataGen.Of(version).Sample(
            metadata =>
            {
                var moved = everything.Map(metadata);
                Assert.All(StateHandleWalk.Streams(moved).Select(StateHandleWalk.Leaf).OfType<FileStateHandle>(), file => Assert.Equal("moved", file.FilePath));
                Assert.DoesNotContain(StateHandleWalk.Streams(moved).Select(StateHandleWalk.Leaf), handle => handle is RelativeFileStateHandle or SegmentFileStateHandle);
                Assert.All(StateHandleWalk.Directories(moved), directory => Assert.Equal("moved", directory));
                Assert.Equal(StateHandleWalk.Streams(metadata).Count, StateHandleWalk.Streams(moved).Count);
            },
            iter: 200);
    }

    [Fact]
    public void Directories_that_the_states_of_a_chain_keep_alive_are_found()
    {
        FileMergingOperatorStreamStateHandle In(string name) => new([], EmptySegmentFileStateHandle.Instance, $"{name}/owned", $"{name}/shared", IsEmpty: true);
        var subtask = new OperatorSubtaskState
        {
            Index = 0,
            ManagedOperatorState = In("own"),
            Legacy = new LegacySubtaskState { ManagedOperatorStates = [null, In("managed")], RawOperatorStates = [In("raw") with { SharedDirectory = "" }] },
        };
        var metadata = new CheckpointMetadata { CheckpointId = 1, Operators = [new OperatorState { Id = OperatorId.FromName("x"), Parallelism = 1, MaxParallelism = 1, Subtasks = [subtask] }] };

        Assert.Equal(["own/owned", "own/shared", "managed/owned", "managed/shared", "raw/owned"], StateHandleWalk.Directories(metadata));
    }

    [Fact]
    public void State_of_an_unknown_kind_is_not_moved()
    {
        var metadata = new CheckpointMetadata
        {
            CheckpointId = 1,
            Operators = [new OperatorState { Id = OperatorId.FromName("x"), Parallelism = 1, MaxParallelism = 1, Subtasks = [new() { Index = 0, RawKeyedState = new StrangeKeyedHandle() }] }],
        };
        var error = Assert.Throws<NotSupportedException>(() => new StateHandleMap(handle => handle, directory => directory).Map(metadata));
        Assert.Contains("StrangeKeyedHandle cannot be moved", error.Message, StringComparison.Ordinal);
    }

    private sealed record StrangeKeyedHandle : KeyedStateHandle
    {
        public override KeyGroupRange KeyGroupRange => KeyGroupRange.Empty;

        public override long StateSize => 0;
    }
}
