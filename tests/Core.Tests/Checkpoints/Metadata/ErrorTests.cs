using System.Buffers.Binary;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>What the reader and the writer say when they refuse.</summary>
public sealed class ErrorTests
{
    private static readonly KeyGroupRangeOffsets TwoGroups = new(new KeyGroupRange(0, 1), [10, 20]);

    [Fact]
    public void An_empty_file_ends_in_its_magic_number() => Rejects([], "magicNumber", 0, "the file ends here: 4 bytes are needed, 0 remain");

    [Fact]
    public void Another_magic_number_is_no_metadata() =>
        Rejects([0xAC, 0xED, 0, 5, 0, 0, 0, 0], "magicNumber", 0, "not a _metadata file");

    [Theory]
    [InlineData(8)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void An_unknown_version_is_named(int version) =>
        Rejects(Patched(new CheckpointMetadata { CheckpointId = 1 }, 4, version), "version", 4, $"version {version} is not known");

    [Fact]
    public void A_negative_checkpoint_id_is_rejected() =>
        Rejects(Patched(new CheckpointMetadata { CheckpointId = 1 }, 8, -1), "checkpointId", 8, "is negative");

    [Fact]
    public void Bytes_after_the_end_are_rejected() =>
        Rejects([.. MetadataFiles.Write(new CheckpointMetadata { Version = 2, CheckpointId = 1 }), 0], "", 24, "1 bytes follow the end");

    [Fact]
    public void A_master_state_without_its_magic_number_is_rejected() =>
        Rejects(Patched(WithMasterState(), 20, 7), "masterStates[0].magicNumber", 20, "begins with another number");

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(1000)]
    public void A_master_state_of_another_length_than_it_says_is_rejected(int length) =>
        Rejects(Patched(WithMasterState(), 24, length), "masterStates[0].length", 24, $"not {length}");

    [Fact]
    public void An_error_deep_inside_names_the_way_there()
    {
        var keyed = new KeyGroupsStateHandle(TwoGroups, new FileStateHandle("s3://bucket/state", 5));
        var subtask = new OperatorSubtaskState { Index = 0, ManagedKeyedState = keyed };
        var metadata = WithOperators([.. Enumerable.Range(0, 4).Select(_ => Operator(subtask))]);
        byte[] file = MetadataFiles.Write(metadata);
        int lastHandle = file.AsSpan().LastIndexOf("s3://bucket/state"u8) - 11;
        Assert.Equal(2, file[lastHandle]);
        file[lastHandle] = 99;

        Rejects(file, "operators[3].subtasks[0].managedKeyedState.delegate.type", lastHandle, "no stream handle 99");
        file[lastHandle] = 0;
        Rejects(file, "operators[3].subtasks[0].managedKeyedState.delegate", lastHandle, "there is no handle");
    }

    [Fact]
    public void A_handle_that_the_version_did_not_know_is_rejected()
    {
        var keyed = new KeyGroupsStateHandle(TwoGroups, new FileStateHandle("x", 5)) { StateHandleId = "id" };
        byte[] file = MetadataFiles.Write(WithOperators([Operator(new OperatorSubtaskState { Index = 0, ManagedKeyedState = keyed })]) with { Version = 3 });
        Assert.NotNull(CheckpointMetadataReader.Read(file).Operators[0].Subtasks[0].ManagedKeyedState);

        file[7] = 2;

        Assert.Throws<CheckpointMetadataException>(() => CheckpointMetadataReader.Read(file));
    }

    [Fact]
    public void A_coordinator_with_state_in_a_file_is_rejected()
    {
        byte[] file = MetadataFiles.Write(WithOperators([Operator() with { CoordinatorState = new ByteStreamStateHandle("a", new byte[9]) }]) with { Version = 3 });
        int handle = file.Length - 4 - 17;
        Assert.Equal(1, file[handle]);
        file[handle] = 2;

        Rejects(file, "operators[0].coordinatorState", handle, "inline");
    }

    [Fact]
    public void A_finished_operator_with_coordinator_state_is_rejected()
    {
        byte[] file = MetadataFiles.Write(WithOperators([Operator() with { CoordinatorState = new ByteStreamStateHandle("a", default) }]) with { Version = 3 });
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(file.Length - 4), -1);

        Rejects(file, "operators[0].coordinatorState", file.Length - 4, "fully finished");
    }

    [Theory]
    [InlineData(new byte[] { 0x00 })]
    [InlineData(new byte[] { 0xC1, 0x81 })]
    [InlineData(new byte[] { 0xE0, 0x81, 0x81 })]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x80 })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xE2, 0x82 })]
    public void Text_that_Java_would_not_write_is_rejected(byte[] text)
    {
        string marker = new('m', text.Length + 1);
        byte[] file = MetadataFiles.Write(new CheckpointMetadata { Version = 2, CheckpointId = 1, MasterStates = [new MasterState(marker, 1, default)] });
        int start = file.AsSpan().IndexOf((byte)'m') + 1;
        text.CopyTo(file, start);

        Rejects(file, "masterStates[0].name", start, "modified UTF-8");
    }

    [Fact]
    public void Unusual_texts_are_written_as_Java_does()
    {
        byte[] file = MetadataFiles.Write(new CheckpointMetadata { Version = 2, CheckpointId = 1, MasterStates = [new MasterState("\0é€😀", 1, default)] });

        byte[] expected = [0, 13, 0xC0, 0x80, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80];
        Assert.True(file.AsSpan().IndexOf(expected) > 0);
    }

    [Fact]
    public void A_text_of_more_than_65535_bytes_is_not_written()
    {
        Assert.Equal(65_535, MetadataFiles.RoundTrip(WithName(new string('a', 65_535))).MasterStates[0].Name.Length);
        Refuses(WithName(new string('a', 65_536)), "masterStates[0].name", "65535");
        Refuses(WithName(new string('\0', 32_768)), "masterStates[0].name", "65535");
    }

    [Fact]
    public void Metadata_that_contradicts_itself_is_not_written()
    {
        Refuses(new CheckpointMetadata { CheckpointId = -1 }, "checkpointId", "negative");
        Refuses(WithOperators([Operator() with { Name = "" }]), "operators[0].name", "not empty");
        Refuses(WithOperators([Operator() with { Uid = "" }]), "operators[0].uid", "not empty");
        Refuses(WithOperators([Operator(new OperatorSubtaskState { Index = 0 }) with { IsFullyFinished = true }]), "operators[0].isFullyFinished", "neither");
        Refuses(WithOperators([Operator(new OperatorSubtaskState { Index = -1 })]), "operators[0].subtasks[0].index", "0 or more");
        Refuses(WithOperators([Operator([null!])]), "operators[0].subtasks[0].index", "0 or more");
        var keyed = new KeyGroupsSavepointStateHandle(new KeyGroupRangeOffsets(new KeyGroupRange(0, 2), [1]), EmptySegmentFileStateHandle.Instance);
        Refuses(
            WithOperators([Operator(new OperatorSubtaskState { Index = 0, RawKeyedState = keyed })]),
            "operators[0].subtasks[0].rawKeyedState.offsets",
            "3 key groups have 1 offsets");
        Refuses(
            WithOperators([Operator(new OperatorSubtaskState { Index = 0, RawKeyedState = keyed, IsFinished = true })]),
            "operators[0].subtasks[0].isFinished",
            "no state");
        Refuses(new CheckpointMetadata { CheckpointId = 1, UnrecognizedProperties = new byte[3] }, "properties", "Java object stream");
    }

    [Fact]
    public void What_is_missing_or_has_no_place_in_the_format_is_not_written()
    {
        var file = new FileStateHandle("s3://bucket/state", 5);
        Refuses(new CheckpointMetadata { CheckpointId = 1, MasterStates = [null!] }, "masterStates[0].name", "no master state with a name");
        Refuses(WithOperators([null!]), "operators[0]", "there is no operator");
        Refuses(WithName(null!), "masterStates[0].name", "no master state with a name");
        Refuses(OfKeyed(new KeyGroupsStateHandle(TwoGroups, null!)), "operators[0].subtasks[0].managedKeyedState.delegate", "there is no handle");
        Refuses(OfKeyed(new KeyGroupsStateHandle(TwoGroups, new FileStateHandle(null!, 1))), "operators[0].subtasks[0].managedKeyedState.delegate.filePath", "there is no text");
        Refuses(OfKeyed(new KeyGroupsStateHandle(new KeyGroupRangeOffsets(new KeyGroupRange(5, 1), []), file)), "operators[0].subtasks[0].managedKeyedState.keyGroupRange", "no range from 5 to 1");
        Refuses(OfKeyed(new KeyGroupsStateHandle(new KeyGroupRangeOffsets(new KeyGroupRange(-1, 0), [1, 2]), file)), "operators[0].subtasks[0].managedKeyedState.keyGroupRange", "no range from -1 to 0");
        Refuses(OfKeyed(new ChangelogStateBackendHandle(TwoGroups.Range) { Materialized = [null!] }), "operators[0].subtasks[0].managedKeyedState.materialized[0]", "there is no handle");
        Refuses(OfKeyed(new StrangeKeyedHandle()), "operators[0].subtasks[0].managedKeyedState", "the format has no StrangeKeyedHandle");
        Refuses(OfKeyed(new KeyGroupsStateHandle(TwoGroups, new StrangeStreamHandle())), "operators[0].subtasks[0].managedKeyedState.delegate", "the format has no StrangeStreamHandle");
        foreach (int mode in (int[])[-1, 9])
            Refuses(OfOperator(new OperatorStreamStateHandle([new("list", (OperatorStateMode)mode, [])], file)), "operators[0].subtasks[0].managedOperatorState.states[0].mode", $"there is no mode {mode}");
        Refuses(OfOperator(new FileMergingOperatorStreamStateHandle([], file, "t", "s", IsEmpty: false)), "operators[0].subtasks[0].managedOperatorState.delegate", "does not lie in a segment");
        Refuses(OfOperator(new StrangeOperatorHandle(file)), "operators[0].subtasks[0].managedOperatorState", "the format has no StrangeOperatorHandle");
        Refuses(WithOperators([Operator(new OperatorSubtaskState { Index = 0, InputChannelState = [new StrangeInputHandle(file)] })]), "operators[0].subtasks[0].inputChannelState[0]", "no StrangeInputHandle");
        Refuses(WithOperators([Operator(new OperatorSubtaskState { Index = 0, ResultSubpartitionState = [new StrangeOutputHandle(file)] })]), "operators[0].subtasks[0].resultSubpartitionState[0]", "no StrangeOutputHandle");
        Refuses(WithOperators([Operator(new OperatorSubtaskState { Index = 0, InputChannelState = [null!] })]), "operators[0].subtasks[0].inputChannelState[0]", "no absent channel handle");
        Refuses(WithOperators([Operator(new OperatorSubtaskState { Index = 0, ResultSubpartitionState = [null!] })]), "operators[0].subtasks[0].resultSubpartitionState[0]", "no absent channel handle");
        Refuses(WithProperties(new StrangeSnapshot()), "properties.snapshotType", "neither a checkpoint nor a savepoint");
        Refuses(WithProperties(new CheckpointType("c", (SharingFilesStrategy)9)), "properties.snapshotType", "the kind 9 is not known");
    }

    /// <summary>It is a mistake of the caller's and no loss that comes with an older version.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public void A_stream_that_is_missing_is_an_error_in_every_version_also_where_loss_is_allowed(int version)
    {
        OperatorSubtaskState[] broken =
        [
            new() { Index = 0, ManagedOperatorState = new OperatorStreamStateHandle([], null!) },
            new() { Index = 0, RawOperatorState = new FileMergingOperatorStreamStateHandle([], null!, "t", "s", IsEmpty: false) },
            new() { Index = 0, ManagedKeyedState = new KeyGroupsStateHandle(TwoGroups, null!) },
        ];
        var options = new CheckpointMetadataWriterOptions { Version = version, AllowLoss = true };
        Assert.All(broken, subtask =>
        {
            var error = Assert.Throws<CheckpointMetadataException>(() => MetadataFiles.Write(WithOperators([Operator(subtask)]), options));
            Assert.EndsWith(".delegate", error.Field, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(256)]
    public void A_key_group_that_takes_more_than_one_byte_is_not_written_in_the_dialect_that_has_one(int keyGroup)
    {
        var metadata = WithOperators([Operator() with { MaxParallelism = -1, KeyGroupStates = [new SerializedKeyGroupState(keyGroup, null, 0, 0)] }]) with { Version = 0 };
        Assert.Equal(metadata, MetadataFiles.RoundTrip(metadata));

        Refuses(metadata with { Dialect = MetadataDialect.NarrowKeyGroupIndex }, "operators[0].keyGroupStates[0].keyGroup", $"{keyGroup} does not fit in the one byte");
    }

    [Fact]
    public void A_merged_file_of_operator_state_that_is_no_segment_is_rejected()
    {
        byte[] file = MetadataFiles.Write(OfOperator(new FileMergingOperatorStreamStateHandle([], EmptySegmentFileStateHandle.Instance, "owned", "shared", IsEmpty: true)));
        int handle = file.AsSpan().LastIndexOf("shared"u8) + "shared".Length + 1;
        Assert.Equal(16, file[handle]);

        // An inline handle in place of the empty segment.
        Rejects([.. file[..handle], 1, 0, 1, (byte)'x', 0, 0, 0, 0, .. file[(handle + 1)..]], "operators[0].subtasks[0].managedOperatorState.delegate", handle, "does not lie in a segment");
    }

    [Fact]
    public void An_error_that_names_no_place_says_so()
    {
        var inner = new InvalidOperationException();
        Assert.All([new(), new("no"), new CheckpointMetadataException("no", inner)], error => Assert.Equal((-1L, ""), (error.Offset, error.Field)));
        Assert.Equal(("no", inner), (new CheckpointMetadataException("no", inner).Message, new CheckpointMetadataException("no", inner).InnerException));
    }

    [Fact]
    public void A_dialect_of_another_version_is_not_written() =>
        Refuses(new CheckpointMetadata { CheckpointId = 1, Dialect = MetadataDialect.ChangelogWithoutIds }, "", "version 6");

    private static void Rejects(byte[] file, string field, long offset, string problem)
    {
        var error = Assert.Throws<CheckpointMetadataException>(() => CheckpointMetadataReader.Read(file));
        Assert.Equal((field, offset), (error.Field, error.Offset));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static void Refuses(CheckpointMetadata metadata, string field, string problem)
    {
        var error = Assert.Throws<CheckpointMetadataException>(() => MetadataFiles.Write(metadata));
        Assert.Equal((field, -1), (error.Field, error.Offset));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    private static byte[] Patched(CheckpointMetadata metadata, int offset, int value)
    {
        byte[] file = MetadataFiles.Write(metadata);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(offset), value);
        return file;
    }

    private static CheckpointMetadata WithMasterState() => WithName("hook");

    private static CheckpointMetadata WithName(string name) => new() { CheckpointId = 1, MasterStates = [new MasterState(name, 1, new byte[3])] };

    private static CheckpointMetadata WithOperators(OperatorState[] operators) => new() { CheckpointId = 1, Operators = [.. operators] };

    private static OperatorState Operator(params OperatorSubtaskState[] subtasks) =>
        new() { Id = OperatorId.FromName("operator"), Parallelism = 4, MaxParallelism = 128, Subtasks = [.. subtasks] };

    private static CheckpointMetadata OfKeyed(KeyedStateHandle handle) => WithOperators([Operator(new OperatorSubtaskState { Index = 0, ManagedKeyedState = handle })]);

    private static CheckpointMetadata OfOperator(OperatorStateHandle handle) => WithOperators([Operator(new OperatorSubtaskState { Index = 0, ManagedOperatorState = handle })]);

    private static CheckpointMetadata WithProperties(SnapshotType type) =>
        new() { CheckpointId = 1, Properties = CheckpointProperties.NeverRetained with { SnapshotType = type } };

    private sealed record StrangeOperatorHandle(StreamStateHandle File) : OperatorStateHandle([], File);

    private sealed record StrangeInputHandle(StreamStateHandle File) : InputStateHandle(0, 1, File);

    private sealed record StrangeOutputHandle(StreamStateHandle File) : OutputStateHandle(0, 1, File);

    private sealed record StrangeStreamHandle : StreamStateHandle
    {
        public override long StateSize => 1;
    }

    private sealed record StrangeKeyedHandle : KeyedStateHandle
    {
        public override KeyGroupRange KeyGroupRange => TwoGroups.Range;

        public override long StateSize => 1;
    }

    private sealed record StrangeSnapshot() : SnapshotType("strange");
}
