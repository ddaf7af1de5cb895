using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using CsCheck;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>What the model promises by itself.</summary>
public sealed class ModelTests
{
    [Fact]
    public void Metadata_is_equal_exactly_when_its_files_are() =>
        Gen.Int[2, 7].SelectMany(version => Gen.Select(MetadataGen.Of(version), Gen.Int)).Sample(
            (metadata, seed) =>
            {
                byte[] file = MetadataFiles.Write(metadata);
                byte[] damaged = Mutation.Damage(file, file, new Random(seed));
                try
                {
                    var other = CheckpointMetadataReader.Read(damaged);
                    Assert.Equal(damaged.AsSpan().SequenceEqual(file), metadata == other);
                }
                catch (CheckpointMetadataException)
                {
                }
            },
            iter: 5_000);

    [Fact]
    public void The_size_of_an_incremental_snapshot_is_that_of_its_parts()
    {
        var handle = new IncrementalRemoteKeyedStateHandle(new KeyGroupRange(0, 1))
        {
            CheckpointId = 1,
            BackendIdentifier = "",
            MetaDataStateHandle = File(1),
            SharedState = [new HandleAndLocalPath("a", File(10)), new HandleAndLocalPath("b", File(100))],
            PrivateState = [new HandleAndLocalPath("c", File(1000))],
        };

        Assert.Equal(1111, handle.StateSize);
    }

    [Fact]
    public void Sizes_that_are_unknown_or_absurd_add_up_to_no_nonsense()
    {
        var handle = new ChangelogStateBackendHandle(new KeyGroupRange(0, 1))
        {
            Materialized = [Keyed(long.MaxValue), Keyed(-1)],
            NonMaterialized = [Keyed(long.MaxValue), Keyed(7)],
        };

        Assert.Equal(long.MaxValue, handle.StateSize);
        Assert.Equal(7, (handle with { Materialized = [Keyed(-1)], NonMaterialized = [Keyed(7)] }).StateSize);
    }

    [Fact]
    public void A_key_group_range_knows_its_key_groups()
    {
        var range = new KeyGroupRange(3, 5);

        Assert.Equal(3, range.Count);
        Assert.True(range.Contains(3) && range.Contains(5) && !range.Contains(2) && !range.Contains(6));
        Assert.Equal(new KeyGroupRange(4, 5), range.Intersect(new KeyGroupRange(4, 9)));
        Assert.Equal(KeyGroupRange.Empty, range.Intersect(new KeyGroupRange(6, 9)));
        Assert.Equal(0, KeyGroupRange.Empty.Count);
    }

    [Fact]
    public void State_of_a_key_group_and_changes_of_it_are_equal_exactly_when_all_they_say_is()
    {
        SerializedKeyGroupState Serialized() => new(7, new byte[] { 1, 2 }, 3, 4);
        AllDiffer(
            Serialized(), Serialized() with { KeyGroup = 8 }, Serialized() with { Data = new byte[] { 1, 3 } }, Serialized() with { Data = ReadOnlyMemory<byte>.Empty }, Serialized() with { Data = null },
            Serialized() with { StateSize = 5 }, Serialized() with { Duration = 5 });
        Assert.Equal((Serialized(), Serialized().GetHashCode()), (Serialized(), Serialized().GetHashCode()));
        Assert.Equal(Serialized() with { Data = null }, Serialized() with { Data = null });
        Assert.False(Serialized().Equals(null));

        StateChange Change() => new(7, new byte[] { 1, 2 });
        AllDiffer(Change(), Change() with { KeyGroup = -1 }, Change() with { Change = new byte[] { 1, 3 } }, Change() with { Change = default });
        Assert.Equal((Change(), Change().GetHashCode()), (Change(), Change().GetHashCode()));

        static void AllDiffer<T>(params T[] items)
        {
            foreach (var (i, j) in items.SelectMany((_, i) => Enumerable.Range(0, i).Select(j => (i, j))))
                Assert.False(EqualityComparer<T>.Default.Equals(items[i], items[j]), $"{items[i]} and {items[j]}");
        }
    }

    [Fact]
    public void Absent_collections_are_empty_ones()
    {
        var metadata = new CheckpointMetadata { CheckpointId = 1, Operators = default, MasterStates = default };

        Assert.Empty(metadata.Operators);
        Assert.Equal(new CheckpointMetadata { CheckpointId = 1 }, metadata);
        Assert.Empty(new OperatorStreamStateHandle(default, File(1)).States);
    }

    private static FileStateHandle File(long size) => new("path", size);

    private static KeyGroupsSavepointStateHandle Keyed(long size) => new(new KeyGroupRangeOffsets(KeyGroupRange.Empty, []), File(size));
}
