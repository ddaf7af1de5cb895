using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>Walks a checkpoint down to the streams in which its bytes lie.</summary>
internal static class StateHandleWalk
{
    public static IEnumerable<StreamStateHandle> Streams(CheckpointMetadata metadata) => metadata.Operators.SelectMany(Streams);

    public static IEnumerable<StreamStateHandle> Streams(KeyedStateHandle? handle) => handle switch
    {
        KeyGroupsStateHandle keyGroups => [keyGroups.Delegate],
        KeyGroupsSavepointStateHandle keyGroups => [keyGroups.Delegate],
        IncrementalRemoteKeyedStateHandle incremental =>
            [incremental.MetaDataStateHandle, .. incremental.SharedState.Select(s => s.Handle), .. incremental.PrivateState.Select(s => s.Handle)],
        ChangelogStateBackendHandle changelog => changelog.Materialized.Concat(changelog.NonMaterialized).SelectMany(Streams),
        ChangelogStateHandleStream changes => changes.HandlesAndOffsets.Select(h => h.Handle),
        _ => [],
    };

    /// <summary>The directories that handles keep alive, with whatever lies in them.</summary>
    public static IEnumerable<string> Directories(CheckpointMetadata metadata) => metadata.Operators
        .SelectMany(state => state.Subtasks)
        .SelectMany(OperatorStates)
        .OfType<FileMergingOperatorStreamStateHandle>()
        .SelectMany(handle => new[] { handle.TaskOwnedDirectory, handle.SharedDirectory })
        .Where(directory => directory.Length > 0);

    /// <summary>The stream that really holds the bytes: a key-group handle used as a stream stands for its delegate.</summary>
    public static StreamStateHandle Leaf(StreamStateHandle handle)
    {
        while (handle is KeyGroupsStreamStateHandle keyGroups)
            handle = keyGroups.Delegate;
        return handle;
    }

    public static IEnumerable<StreamStateHandle> Streams(OperatorState state) =>
        (state.CoordinatorState is null ? [] : new StreamStateHandle[] { state.CoordinatorState }).Concat(state.Subtasks.SelectMany(Streams));

    public static IEnumerable<StreamStateHandle> Streams(OperatorSubtaskState subtask)
    {
        var operatorState = OperatorStates(subtask).OfType<OperatorStateHandle>().Select(h => h.Delegate);
        var keyedState = Streams(subtask.ManagedKeyedState).Concat(Streams(subtask.RawKeyedState));
        var channels = subtask.InputChannelState.Select(c => c.Delegate).Concat(subtask.ResultSubpartitionState.Select(c => c.Delegate));
        var legacy = subtask.Legacy is { } old ? old.States.OfType<StreamStateHandle>() : [];
        return operatorState.Concat(keyedState).Concat(channels).Concat(legacy);
    }

    private static IEnumerable<OperatorStateHandle?> OperatorStates(OperatorSubtaskState subtask) => subtask.Legacy is { } old
        ? [subtask.ManagedOperatorState, subtask.RawOperatorState, .. old.ManagedOperatorStates, .. old.RawOperatorStates]
        : [subtask.ManagedOperatorState, subtask.RawOperatorState];
}
