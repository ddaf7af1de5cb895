using System.Collections.Immutable;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>Makes metadata anew with every stream handle replaced, wherever it stands: for checkpoints whose files were moved. All else stays as it is.</summary>
/// <param name="stream">What takes the place of a handle that holds bytes; never asked for a key-group handle, only for what it stands on.</param>
/// <param name="directory">What takes the place of a directory that a handle keeps alive.</param>
internal sealed class StateHandleMap(Func<StreamStateHandle, StreamStateHandle> stream, Func<string, string> directory)
{
    public CheckpointMetadata Map(CheckpointMetadata metadata) => metadata with { Operators = Each(metadata.Operators, Map) };

    private OperatorState Map(OperatorState state) => state with { Subtasks = Each(state.Subtasks, Map) };

    private OperatorSubtaskState Map(OperatorSubtaskState subtask) => subtask with
    {
        ManagedOperatorState = Map(subtask.ManagedOperatorState),
        RawOperatorState = Map(subtask.RawOperatorState),
        ManagedKeyedState = Map(subtask.ManagedKeyedState),
        RawKeyedState = Map(subtask.RawKeyedState),
        InputChannelState = Each(subtask.InputChannelState, channel => channel with { Delegate = Map(channel.Delegate) }),
        ResultSubpartitionState = Each(subtask.ResultSubpartitionState, channel => channel with { Delegate = Map(channel.Delegate) }),
        Legacy = subtask.Legacy is not { } legacy ? null : legacy with
        {
            States = Each(legacy.States, state => state is null ? null : Map(state)),
            ManagedOperatorStates = Each(legacy.ManagedOperatorStates, Map),
            RawOperatorStates = Each(legacy.RawOperatorStates, Map),
        },
    };

    private OperatorStateHandle? Map(OperatorStateHandle? handle) => handle switch
    {
        null => null,
        FileMergingOperatorStreamStateHandle merged => merged with
        {
            Delegate = Map(merged.Delegate),
            TaskOwnedDirectory = directory(merged.TaskOwnedDirectory),
            SharedDirectory = directory(merged.SharedDirectory),
        },
        _ => handle with { Delegate = Map(handle.Delegate) },
    };

    private KeyedStateHandle? Map(KeyedStateHandle? handle) => handle is null ? null : MapKeyed(handle);

    private KeyedStateHandle MapKeyed(KeyedStateHandle handle) => handle switch
    {
        KeyGroupsStateHandle keyGroups => keyGroups with { Delegate = Map(keyGroups.Delegate) },
        KeyGroupsSavepointStateHandle keyGroups => keyGroups with { Delegate = Map(keyGroups.Delegate) },
        IncrementalRemoteKeyedStateHandle incremental => incremental with
        {
            MetaDataStateHandle = Map(incremental.MetaDataStateHandle),
            SharedState = Each(incremental.SharedState, file => file with { Handle = Map(file.Handle) }),
            PrivateState = Each(incremental.PrivateState, file => file with { Handle = Map(file.Handle) }),
        },
        ChangelogStateBackendHandle changelog => changelog with
        {
            Materialized = Each(changelog.Materialized, MapKeyed),
            NonMaterialized = Each(changelog.NonMaterialized, MapKeyed),
        },
        ChangelogStateHandleStream changes => changes with { HandlesAndOffsets = Each(changes.HandlesAndOffsets, part => part with { Handle = Map(part.Handle) }) },
        InMemoryChangelogStateHandle => handle,
        _ => throw new NotSupportedException($"State of the kind {handle.GetType().Name} cannot be moved."),
    };

    private StreamStateHandle Map(StreamStateHandle handle) =>
        handle is KeyGroupsStreamStateHandle keyGroups ? keyGroups with { Delegate = Map(keyGroups.Delegate) } : stream(handle);

    private static ImmutableArray<T> Each<T>(ImmutableArray<T> items, Func<T, T> map) => [.. items.Select(map)];
}
