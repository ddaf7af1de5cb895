using Cairn.Checkpoints;
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
}
