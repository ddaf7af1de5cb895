using System.Buffers.Binary;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>Writing metadata in another version than its own.</summary>
public sealed class ConversionTests
{
    private static readonly OperatorId Id = OperatorId.FromName("windows");
    private static readonly FileStateHandle SomeFile = new("s3://bucket/state", 5);

    [Fact]
    public void Files_of_versions_3_to_5_convert_to_the_next_version_and_back_to_the_same_bytes()
    {
        foreach (var fixture in FlinkFixtures.All.Where(fixture => fixture is { Version: >= 3 and <= 5, Dialect: "current" }))
        {
            var older = CheckpointMetadataReader.Read(fixture.Read());

            var newer = MetadataFiles.RoundTrip(older, new CheckpointMetadataWriterOptions { Version = fixture.Version + 1 });

            Assert.Equal(older with { Version = fixture.Version + 1 }, newer);
            Assert.Equal(fixture.Read().ToArray(), MetadataFiles.Write(newer, new CheckpointMetadataWriterOptions { Version = fixture.Version }));
        }
    }

    [Fact]
    public void A_file_of_Flinks_converts_to_what_Flink_wrote_in_the_version_before()
    {
        // Flink was given one metadata for each version, which differ by what versions leave out and by random ids.
        foreach (var written in Enumerable.Range(0, 9).Select(number => FlinkFixtures.Generated($"p{number}").ToList()))
        {
            foreach (var (older, newer) in written.Zip(written.Skip(1)).Where(pair => pair.Second.Version <= 5))
            {
                var lossy = new CheckpointMetadataWriterOptions { Version = older.Version, AllowLoss = true };

                byte[] converted = MetadataFiles.Write(CheckpointMetadataReader.Read(newer.Read()), lossy);

                Assert.Equal(older.Size, converted.Length);
                Assert.Equal(older.HandleTypes, MetadataFiles.HandleTypes(CheckpointMetadataReader.Read(converted)));
            }
        }
    }

    [Fact]
    public void Files_of_version_2_convert_to_the_latest_version_unless_they_have_state_that_Flink_gave_up_too()
    {
        foreach (var fixture in FlinkFixtures.All.Where(fixture => fixture.Version == 2))
        {
            var metadata = CheckpointMetadataReader.Read(fixture.Read());
            bool hasLegacyStates = metadata.Operators.SelectMany(state => state.Subtasks).Any(subtask => subtask.Legacy?.States.Any(state => state is not null) == true);

            if (hasLegacyStates)
                Assert.Contains("legacy states", Refusal(metadata, 6).Message, StringComparison.Ordinal);
            else
                Assert.Equal(fixture.HandleTypes, MetadataFiles.HandleTypes(MetadataFiles.RoundTrip(metadata, new CheckpointMetadataWriterOptions { Version = 6 })));
        }
    }

    [Fact]
    public void What_would_be_lost_is_named_with_its_operator()
    {
        Loses(Of(new OperatorState { Id = Id, Name = "Windows", Uid = "windows", Parallelism = 1, MaxParallelism = 1 }), 4, "the name", "(Windows)");
        Loses(Of(Operator() with { CoordinatorState = new ByteStreamStateHandle("", default) }), 2, "the coordinator state");
        Loses(Of(Operator() with { IsFullyFinished = true }), 2, "the mark of a fully finished operator");
        Loses(Of(Operator(new OperatorSubtaskState { Index = 0, IsFinished = true })), 2, "the mark of a finished subtask");
        Loses(Of(Operator(new OperatorSubtaskState { Index = 0, ReferenceCheckpointId = 3 })) with { Version = 7 }, 6, "the reference checkpoint");
        Loses(Of(Operator(Keyed(new KeyGroupsSavepointStateHandle(NoGroups, SomeFile)))), 2, "the keyed state (KeyGroupsSavepointStateHandle)");
        Loses(Of(Operator(Keyed(new KeyGroupsStateHandle(NoGroups, SomeFile) { StateHandleId = "id" }))), 2, "the id of a state handle");
        Loses(Of(Operator(Managed(new OperatorStreamStateHandle([], EmptySegmentFileStateHandle.Instance)))), 2, "the operator state");
        Loses(Of(Operator(Managed(new OperatorStreamStateHandle([], SomeFile))) with { MaxParallelism = -1 }), 0, "state handles");
        var incremental = new IncrementalRemoteKeyedStateHandle(KeyGroupRange.Empty) { CheckpointId = 1, BackendIdentifier = "b", MetaDataStateHandle = SomeFile, CheckpointedSize = 5 };
        Loses(Of(Operator(Keyed(incremental))), 3, "the id and the checkpointed size of a state handle");
        Loses(Of(Operator(Keyed(incremental with { StateHandleId = "id", CheckpointedSize = -1 }))), 2, "the id and the checkpointed size of a state handle");
        var old = new OperatorSubtaskState { Index = 0, Legacy = new LegacySubtaskState { States = [EmptySegmentFileStateHandle.Instance] } };
        Loses(Of(Operator(old)) with { Version = 1 }, 2, "a legacy state (EmptySegmentFileStateHandle)");
    }

    [Fact]
    public void What_is_lost_without_an_operator_is_named_too()
    {
        var properties = new CheckpointMetadata { CheckpointId = 1, Properties = CheckpointProperties.NeverRetained };
        var hook = new CheckpointMetadata { CheckpointId = 1, MasterStates = [new MasterState("hook", 1, default)] };

        Assert.Contains("version 3 has no place for checkpoint properties", Refusal(properties, 3).Message, StringComparison.Ordinal);
        Assert.Contains("version 1 has no place for master states", Refusal(hook, 1).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_has_no_place_is_lost_where_loss_is_allowed()
    {
        var subtask = new OperatorSubtaskState
        {
            Index = 0,
            ManagedOperatorState = new OperatorStreamStateHandle([], SomeFile),
            ManagedKeyedState = new KeyGroupsStateHandle(NoGroups, SomeFile) { StateHandleId = "id" },
            RawKeyedState = new KeyGroupsSavepointStateHandle(NoGroups, SomeFile),
        };

        var lost = new List<string>();

        var converted = MetadataFiles.RoundTrip(
            Of(Operator(subtask)),
            new CheckpointMetadataWriterOptions { Version = 2, AllowLoss = true, Lost = lost.Add });

        var expected = subtask with { ManagedKeyedState = new KeyGroupsStateHandle(NoGroups, SomeFile), RawKeyedState = null };
        Assert.Equal(expected, converted.Operators[0].Subtasks[0]);
        Assert.Equal(
            [$"the id of a state handle of operator {Id}", $"the keyed state (KeyGroupsSavepointStateHandle) of operator {Id}"],
            lost);
    }

    [Fact]
    public void Merged_channels_are_taken_apart_for_a_version_that_has_none()
    {
        var subtask = new OperatorSubtaskState
        {
            Index = 2,
            InputChannelState = [new MergedInputChannelStateHandle(2, 30, SomeFile, Table((0, 1, 10, [5]), (0, 2, 20, [7, 9])))],
            ResultSubpartitionState = [new MergedResultSubpartitionStateHandle(2, 40, SomeFile, Table((3, 4, 40, [])))],
        };

        var converted = MetadataFiles.RoundTrip(Of(Operator(subtask)), new CheckpointMetadataWriterOptions { Version = 5 }).Operators[0].Subtasks[0];

        Assert.Equal(
            [
                new InputChannelStateHandle(2, new InputChannelInfo(0, 1), [5], 10, SomeFile),
                new InputChannelStateHandle(2, new InputChannelInfo(0, 2), [7, 9], 20, SomeFile),
            ],
            converted.InputChannelState);
        Assert.Equal([new ResultSubpartitionStateHandle(2, new ResultSubpartitionInfo(3, 4), [], 40, SomeFile)], converted.ResultSubpartitionState);
    }

    [Fact]
    public void Merged_channels_of_Flinks_are_taken_apart()
    {
        foreach (var fixture in FlinkFixtures.All.Where(fixture => fixture.HandleTypes.Contains("Merged", StringComparison.Ordinal)))
        {
            var converted = MetadataFiles.RoundTrip(CheckpointMetadataReader.Read(fixture.Read()), new CheckpointMetadataWriterOptions { Version = 5 });

            Assert.DoesNotContain("Merged", MetadataFiles.HandleTypes(converted), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_merged_table_that_is_malformed_is_an_error_of_its_field()
    {
        foreach (byte[] table in (byte[][])[new byte[3], [.. Table(), 0]])
        {
            var subtask = new OperatorSubtaskState { Index = 0, InputChannelState = [new MergedInputChannelStateHandle(0, 1, SomeFile, table)] };

            Assert.Equal("operators[0].subtasks[0].inputChannelState", Refusal(Of(Operator(subtask)), 5).Field);
        }
    }

    [Fact]
    public void State_that_is_given_both_for_a_chain_and_for_one_operator_is_refused()
    {
        var state = new OperatorStreamStateHandle([], SomeFile);
        var both = new OperatorSubtaskState { Index = 0, ManagedOperatorState = state, Legacy = new LegacySubtaskState { ManagedOperatorStates = [state] } };

        Assert.Contains("both for a chain and for one operator", Refusal(Of(Operator(both)), 1).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void State_of_a_chain_of_one_becomes_that_of_its_operator()
    {
        var state = new OperatorStreamStateHandle([], SomeFile);
        var chained = new OperatorSubtaskState { Index = 0, Legacy = new LegacySubtaskState { ManagedOperatorStates = [state] } };

        var converted = MetadataFiles.RoundTrip(Of(Operator(chained)) with { Version = 1 }, new CheckpointMetadataWriterOptions { Version = 6 });

        Assert.Equal(new OperatorSubtaskState { Index = 0, ManagedOperatorState = state }, converted.Operators[0].Subtasks[0]);
    }

    [Fact]
    public void State_of_a_longer_chain_is_lost_but_for_its_head()
    {
        OperatorStreamStateHandle head = new([], SomeFile), tail = new([], new FileStateHandle("tail", 1));
        var chained = new OperatorSubtaskState { Index = 0, Legacy = new LegacySubtaskState { ManagedOperatorStates = [tail, head] } };
        var metadata = Of(Operator(chained) with { ChainLength = 2 }) with { Version = 1 };

        Loses(metadata, 6, "the chain of 2 operators");
        Loses(metadata, 2, "the operator states of a chain");
        Assert.Equal(
            head,
            MetadataFiles.RoundTrip(metadata, new CheckpointMetadataWriterOptions { Version = 6, AllowLoss = true }).Operators[0].Subtasks[0].ManagedOperatorState);
    }

    [Fact]
    public void Ids_that_a_dialect_lacks_are_invented_the_same_each_time_and_differ_by_place()
    {
        var change = new InMemoryChangelogStateHandle(new KeyGroupRange(0, 3)) { From = 1, To = 2 };
        var changelog = new ChangelogStateBackendHandle(new KeyGroupRange(0, 3)) { NonMaterialized = [change, change] };
        var metadata = Of(Operator(Keyed(changelog))) with { Version = 3, Dialect = MetadataDialect.ChangelogWithoutIds };
        Assert.Equal(metadata, MetadataFiles.RoundTrip(metadata));

        var first = MetadataFiles.RoundTrip(metadata, new CheckpointMetadataWriterOptions { Version = 6 });
        var second = MetadataFiles.RoundTrip(metadata, new CheckpointMetadataWriterOptions { Version = 6 });

        Assert.Equal(first, second);
        var converted = Assert.IsType<ChangelogStateBackendHandle>(first.Operators[0].Subtasks[0].ManagedKeyedState);
        string?[] ids = [converted.StateHandleId, .. converted.NonMaterialized.Cast<InMemoryChangelogStateHandle>().Select(handle => handle.StateHandleId)];
        Assert.Equal(3, ids.Distinct().Count());
        Assert.All(ids, id => Assert.True(Guid.TryParse(id, out _)));
    }

    private static KeyGroupRangeOffsets NoGroups => new(KeyGroupRange.Empty, []);

    private static CheckpointMetadata Of(OperatorState state) => new() { CheckpointId = 1, Operators = [state] };

    private static OperatorState Operator(params OperatorSubtaskState[] subtasks) =>
        new() { Id = Id, Parallelism = 1, MaxParallelism = 1, Subtasks = [.. subtasks] };

    private static OperatorSubtaskState Keyed(KeyedStateHandle handle) => new() { Index = 0, ManagedKeyedState = handle };

    private static OperatorSubtaskState Managed(OperatorStateHandle handle) => new() { Index = 0, ManagedOperatorState = handle };

    private static void Loses(CheckpointMetadata metadata, int version, params string[] words)
    {
        string message = Refusal(metadata, version).Message;
        Assert.Contains($"version {version} has no place for {words[0]}", message, StringComparison.Ordinal);
        Assert.All([.. words, $"operator {Id}"], word => Assert.Contains(word, message, StringComparison.Ordinal));
        Assert.NotEmpty(MetadataFiles.Write(metadata, new CheckpointMetadataWriterOptions { Version = version, AllowLoss = true }));
    }

    private static CheckpointMetadataException Refusal(CheckpointMetadata metadata, int version) =>
        Assert.Throws<CheckpointMetadataException>(() => MetadataFiles.Write(metadata, new CheckpointMetadataWriterOptions { Version = version }));

    private static byte[] Table(params (int First, int Second, long Size, long[] Offsets)[] channels)
    {
        var table = new MemoryStream();
        void Write(long value, int size)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            table.Write(bytes[^size..]);
        }

        Write(channels.Length, 4);
        foreach (var channel in channels)
        {
            Write(channel.First, 4);
            Write(channel.Second, 4);
            Write(channel.Size, 8);
            Write(channel.Offsets.Length, 4);
            foreach (long offset in channel.Offsets)
                Write(offset, 8);
        }

        return table.ToArray();
    }
}
