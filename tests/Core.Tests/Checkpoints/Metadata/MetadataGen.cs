using System.Collections.Immutable;
using Cairn.Checkpoints;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;
using CsCheck;

namespace Cairn.Tests.Checkpoints.Metadata;

/// <summary>Random metadata of a version, everything in it that the version has a place for.</summary>
internal sealed class MetadataGen(int version)
{
    private readonly StateGen _states = new(version);

    public static Gen<CheckpointMetadata> Of(int version) => new MetadataGen(version).Metadata;

    public static Gen<CheckpointProperties> Properties { get; } =
        Gen.Select(SnapshotTypes, Gen.Bool.Array[7]).Select((type, flags) => new CheckpointProperties
        {
            SnapshotType = type,
            DiscardCancelled = flags[0],
            DiscardFailed = flags[1],
            DiscardFinished = flags[2],
            DiscardSubsumed = flags[3],
            DiscardSuspended = flags[4],
            Forced = flags[5],
            Unclaimed = flags[6],
        });

    private static Gen<SnapshotType> SnapshotTypes => Gen.OneOf(
        Gen.Select(StateGen.Text, Gen.Enum<SharingFilesStrategy>()).Select(SnapshotType (name, sharing) => new CheckpointType(name, sharing)),
        Gen.Select(Gen.Enum<SavepointFormatType>(), Gen.Enum<PostCheckpointAction>()).Select(SnapshotType (format, action) => SavepointType.Of(format, action)));

    private static Gen<long> Natural { get; } = Gen.Long[0, long.MaxValue];

    private static Gen<OperatorId> Ids { get; } = Gen.Byte.Array[16].Select(bytes => new OperatorId(bytes));

    private static Gen<string?> Names { get; } = StateGen.Maybe(StateGen.Text.Where(text => text.Length > 0));

    private static Gen<ReadOnlyMemory<byte>?> SerializedState { get; } =
        Gen.OneOf(Gen.Const((ReadOnlyMemory<byte>?)null), StateGen.Bytes.Select(bytes => (ReadOnlyMemory<byte>?)bytes));

    private Gen<CheckpointMetadata> Metadata => Gen.Select(Natural, MasterStates, StateGen.List(Operator), OptionalProperties).Select(
        (id, masterStates, operators, properties) => new CheckpointMetadata
        {
            Version = version,
            CheckpointId = id,
            MasterStates = masterStates,
            Operators = operators,
            Properties = properties,
        });

    private Gen<CheckpointProperties?> OptionalProperties => version >= 4 ? StateGen.Maybe(Properties) : Gen.Const((CheckpointProperties?)null);

    private Gen<ImmutableArray<MasterState>> MasterStates => version < 2
        ? Gen.Const(ImmutableArray<MasterState>.Empty)
        : StateGen.List(Gen.Select(StateGen.Text, Gen.Int, StateGen.Bytes).Select((name, number, data) => new MasterState(name, number, data)));

    private Gen<OperatorState> Operator => Gen.Select(
        Gen.Select(Ids, Names, Names),
        Gen.Select(Gen.Int, Gen.Int, Gen.Int),
        StateGen.Maybe(StateGen.Inline),
        StateGen.List(Subtask),
        Gen.Select(Gen.Int[0, 4], KeyGroupStates)).Select((head, numbers, coordinator, subtasks, tail) =>
        {
            bool isFinished = version >= 3 && tail.Item1 == 0;
            return new OperatorState
            {
                Id = head.Item1,
                Name = version >= 5 ? head.Item2 : null,
                Uid = version >= 5 ? head.Item3 : null,
                Parallelism = numbers.Item1,
                MaxParallelism = version >= 1 ? numbers.Item2 : -1,
                ChainLength = version is 1 or 2 ? numbers.Item3 : 1,
                CoordinatorState = version >= 3 && !isFinished ? coordinator : null,
                IsFullyFinished = isFinished,
                Subtasks = isFinished ? [] : subtasks,
                KeyGroupStates = version == 0 ? tail.Item2 : [],
            };
        });

    private static Gen<ImmutableArray<SerializedKeyGroupState>> KeyGroupStates { get; } = StateGen.List(
        Gen.Select(Gen.Int, SerializedState, Gen.Long, Gen.Long)
            .Select((group, data, size, duration) => new SerializedKeyGroupState(group, data, size, duration)));

    private Gen<OperatorSubtaskState> Subtask => version switch
    {
        0 => SerializedSubtask,
        1 or 2 => LegacySubtask,
        _ => Gen.Frequency((1, FinishedSubtask), (5, CurrentSubtask)),
    };

    private static Gen<int> Index { get; } = Gen.Frequency((9, Gen.Int[0, 200]), (1, Gen.Const(int.MaxValue)));

    private static Gen<OperatorSubtaskState> FinishedSubtask { get; } =
        Index.Select(index => new OperatorSubtaskState { Index = index, IsFinished = true });

    private static Gen<OperatorSubtaskState> SerializedSubtask { get; } = Gen.Select(Index, SerializedState, Gen.Long, Gen.Long)
        .Select((index, data, size, duration) => new OperatorSubtaskState
        {
            Index = index,
            Legacy = new LegacySubtaskState { SerializedState = data, SerializedStateSize = size, Duration = duration },
        });

    private Gen<OperatorSubtaskState> LegacySubtask
    {
        get
        {
            var chain = StateGen.List(StateGen.Maybe(_states.Operator()));
            var legacyStates = StateGen.List(StateGen.Maybe(_states.Stream()));
            return Gen.Select(Plain, Natural, legacyStates, chain, chain).Select((plain, duration, states, managed, raw) => version == 1
                ? plain with
                {
                    ManagedOperatorState = null,
                    RawOperatorState = null,
                    Legacy = new LegacySubtaskState { Duration = duration, States = states, ManagedOperatorStates = managed, RawOperatorStates = raw },
                }
                : plain with { Legacy = duration % 2 == 0 ? null : new LegacySubtaskState { Duration = 5, States = states } });
        }
    }

    private Gen<OperatorSubtaskState> CurrentSubtask => Plain.SelectMany(plain => Gen.Select(
        StateGen.List(_states.Channel(isInput: true, plain.Index)),
        StateGen.List(_states.Channel(isInput: false, plain.Index)),
        Gen.OneOf(Gen.Const((long?)null), Gen.Long.Select(id => (long?)id))).Select((inputs, outputs, reference) => plain with
        {
            InputChannelState = [.. inputs.Cast<InputStateHandle>()],
            ResultSubpartitionState = [.. outputs.Cast<OutputStateHandle>()],
            ReferenceCheckpointId = version >= 7 ? reference : null,
        }));

    private Gen<OperatorSubtaskState> Plain => Gen.Select(
        Index,
        StateGen.Maybe(_states.Operator()),
        StateGen.Maybe(_states.Operator()),
        StateGen.Maybe(_states.Keyed()),
        StateGen.Maybe(_states.Keyed())).Select((index, managed, raw, managedKeyed, rawKeyed) => new OperatorSubtaskState
        {
            Index = index,
            ManagedOperatorState = managed,
            RawOperatorState = raw,
            ManagedKeyedState = managedKeyed,
            RawKeyedState = rawKeyed,
        });
}
