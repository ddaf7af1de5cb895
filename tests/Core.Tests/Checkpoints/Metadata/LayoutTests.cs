using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>
/// Byte for byte, the layouts that none of Flink's own files at hand shows: without these, a mistake that reader and writer share would go
/// unseen.
/// </summary>
public sealed class LayoutTests
{
    private const string OneGroup = "00000002 00000001 "; // from key group 2, one of them
    private const string Segment = "0F 0000000000000001 0000000000000002 00000001 0001 66";
    private static readonly KeyGroupRange Group = new(2, 2);

    [Fact]
    public void A_changelog_has_its_size_first_and_its_ids_last()
    {
        var handle = new ChangelogStateBackendHandle(Group)
        {
            CheckpointedSize = 5,
            NonMaterialized = [new InMemoryChangelogStateHandle(Group) { From = 6, To = 7, Changes = [new StateChange(-1, new byte[] { 9 })], StateHandleId = "m" }],
            MaterializationId = 8,
            StateHandleId = "c",
        };
        const string InMemory = "09 " + OneGroup + "0000000000000006 0000000000000007 00000001 FFFFFFFF 00000001 09 ";

        KeyedIs("08 " + OneGroup + "0000000000000005 00000000 00000001 " + InMemory + "0001 6D 0000000000000008 0001 63", handle);
        KeyedIs(
            "0E " + OneGroup + "0000000000000005 00000000 00000001 " + InMemory + "0001 6D 0000000000000008 0000000000000004 0001 63",
            handle with { CheckpointId = 4 });
        var shortForm = handle with
        {
            CheckpointedSize = -1,
            MaterializationId = 0,
            StateHandleId = null,
            NonMaterialized = [(InMemoryChangelogStateHandle)handle.NonMaterialized[0] with { StateHandleId = null }],
        };
        KeyedIs("08 " + OneGroup + "00000000 00000001 " + InMemory, shortForm, MetadataDialect.ChangelogWithoutIds);
    }

    [Fact]
    public void Changes_in_streams_have_their_sizes_behind_the_streams()
    {
        var handle = new ChangelogStateHandleStream(Group, 11)
        {
            HandlesAndOffsets = [new HandleAndOffset(EmptySegmentFileStateHandle.Instance, 3)],
            CheckpointedSize = 12,
            StateHandleId = "i",
        };
        const string Head = OneGroup + "00000001 0000000000000003 10 000000000000000B ";

        KeyedIs("0A " + Head + "000000000000000C 0001 69", handle);
        KeyedIs("0D " + Head + "000000000000000C 0001 69 0002 6673", handle with { StorageIdentifier = "fs" });
        KeyedIs("0A " + Head, handle with { CheckpointedSize = -1, StateHandleId = null }, MetadataDialect.ChangelogWithoutIds);
    }

    [Fact]
    public void An_incremental_snapshot_has_its_size_before_and_its_id_behind_the_files()
    {
        var handle = new IncrementalRemoteKeyedStateHandle(Group)
        {
            CheckpointId = 1,
            BackendIdentifier = "b",
            MetaDataStateHandle = new FileStateHandle("m", 4),
            SharedState = [new HandleAndLocalPath("s", EmptySegmentFileStateHandle.Instance)],
            PrivateState = [new HandleAndLocalPath("p", EmptySegmentFileStateHandle.Instance)],
        };
        const string Files = "02 0000000000000004 0001 6D 00000001 0001 73 10 00000001 0001 70 10 ";

        KeyedIs("05 0000000000000001 0001 62 " + OneGroup + Files, handle);
        KeyedIs(
            "0B 0000000000000001 0001 62 " + OneGroup + "0000000000000009 " + Files + "0001 69",
            handle with { CheckpointedSize = 9, StateHandleId = "i" });
    }

    [Fact]
    public void A_segment_ends_in_its_logical_file_except_in_snapshots_of_Flink_1_20()
    {
        var offsets = new KeyGroupRangeOffsets(KeyGroupRange.Empty, []);
        var segment = new SegmentFileStateHandle("f", 1, 2, CheckpointedStateScope.Shared, "l");

        KeyedIs("07 00000000 00000000 " + Segment + "0001 6C", new KeyGroupsSavepointStateHandle(offsets, segment));
        KeyedIs(
            "07 00000000 00000000 " + Segment,
            new KeyGroupsSavepointStateHandle(offsets, segment with { LogicalFileId = null }),
            MetadataDialect.SegmentsWithoutLogicalFile);
    }

    [Fact]
    public void Version_7_ends_a_subtask_with_a_flag_and_a_checkpoint()
    {
        var without = new OperatorSubtaskState { Index = 0 };
        var with = without with { ReferenceCheckpointId = 258 };

        Assert.EndsWith("0000000000000000" + "00" + "ACED000570", Written(7, without), StringComparison.Ordinal);
        Assert.EndsWith("0000000000000000" + "010000000000000102" + "ACED000570", Written(7, with), StringComparison.Ordinal);
    }

    [Fact]
    public void Version_0_has_key_group_states_behind_the_subtasks()
    {
        var state = new OperatorState
        {
            Id = default(OperatorId),
            Parallelism = 1,
            MaxParallelism = -1,
            Subtasks = [new OperatorSubtaskState { Index = 3, Legacy = new LegacySubtaskState { SerializedStateSize = 4, Duration = 5 } }],
            KeyGroupStates = [new SerializedKeyGroupState(6, new byte[] { 0xAA }, 7, 8)],
        };
        var metadata = new CheckpointMetadata { Version = 0, CheckpointId = 1, Operators = [state] };
        const string Subtasks = "00000001 00000003 FFFFFFFF 0000000000000004 0000000000000005 00000001 ";
        const string KeyGroup = "00000001 AA 0000000000000007 0000000000000008";

        Assert.EndsWith(Hex(Subtasks + "00000006" + KeyGroup), Convert.ToHexString(MetadataFiles.Write(metadata)), StringComparison.Ordinal);
        Assert.EndsWith(
            Hex(Subtasks + "06" + KeyGroup),
            Convert.ToHexString(MetadataFiles.Write(metadata with { Dialect = MetadataDialect.NarrowKeyGroupIndex })),
            StringComparison.Ordinal);
    }

    /// <summary>Compares a handle of version 3 with the bytes it must have, in both directions.</summary>
    private static void KeyedIs(string hex, KeyedStateHandle handle, MetadataDialect dialect = MetadataDialect.Standard)
    {
        const int BeforeHandle = 2 * (24 + 29 + 12), BehindHandle = 2 * 9;
        var subtask = new OperatorSubtaskState { Index = 0, ManagedKeyedState = handle };
        string written = Written(3, subtask, dialect);

        Assert.Equal(Hex(hex), written[BeforeHandle..^BehindHandle]);
        Assert.Equal(handle, CheckpointMetadataReader.Read(Convert.FromHexString(written)).Operators[0].Subtasks[0].ManagedKeyedState);
    }

    private static string Written(int version, OperatorSubtaskState subtask, MetadataDialect dialect = MetadataDialect.Standard) =>
        Convert.ToHexString(MetadataFiles.Write(new CheckpointMetadata
        {
            Version = version,
            Dialect = dialect,
            CheckpointId = 1,
            Operators = [new OperatorState { Id = default(OperatorId), Parallelism = 1, MaxParallelism = 1, Subtasks = [subtask] }],
        }));

    private static string Hex(string spaced) => spaced.Replace(" ", "", StringComparison.Ordinal);
}
