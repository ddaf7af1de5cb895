using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>Walks a checkpoint down to the streams in which its bytes lie. In lists, because a checkpoint has very many handles, and an enumerator for each would cost more than they do.</summary>
internal static class StateHandleWalk
{
    public static IReadOnlyList<StreamStateHandle> Streams(CheckpointMetadata metadata)
    {
        var streams = new List<StreamStateHandle>();
        foreach (var state in metadata.Operators)
            Add(streams, state);
        return streams;
    }

    public static IReadOnlyList<StreamStateHandle> Streams(OperatorState state)
    {
        var streams = new List<StreamStateHandle>();
        Add(streams, state);
        return streams;
    }

    public static IReadOnlyList<StreamStateHandle> Streams(OperatorSubtaskState subtask)
    {
        var streams = new List<StreamStateHandle>();
        Add(streams, subtask);
        return streams;
    }

    public static IReadOnlyList<StreamStateHandle> Streams(KeyedStateHandle? handle)
    {
        var streams = new List<StreamStateHandle>();
        Add(streams, handle);
        return streams;
    }

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

    private static void Add(List<StreamStateHandle> streams, OperatorState state)
    {
        if (state.CoordinatorState is { } coordinator)
            streams.Add(coordinator);
        foreach (var subtask in state.Subtasks)
            Add(streams, subtask);
    }

    private static void Add(List<StreamStateHandle> streams, OperatorSubtaskState subtask)
    {
        Add(streams, subtask.ManagedOperatorState);
        Add(streams, subtask.RawOperatorState);
        foreach (var handle in subtask.Legacy?.ManagedOperatorStates ?? [])
            Add(streams, handle);
        foreach (var handle in subtask.Legacy?.RawOperatorStates ?? [])
            Add(streams, handle);
        Add(streams, subtask.ManagedKeyedState);
        Add(streams, subtask.RawKeyedState);
        foreach (var channel in subtask.InputChannelState)
            streams.Add(channel.Delegate);
        foreach (var channel in subtask.ResultSubpartitionState)
            streams.Add(channel.Delegate);
        foreach (var handle in subtask.Legacy?.States ?? [])
        {
            if (handle is not null)
                streams.Add(handle);
        }
    }

    private static void Add(List<StreamStateHandle> streams, OperatorStateHandle? handle)
    {
        if (handle is not null)
            streams.Add(handle.Delegate);
    }

    private static void Add(List<StreamStateHandle> streams, KeyedStateHandle? handle)
    {
        switch (handle)
        {
            case KeyGroupsStateHandle keyGroups:
                streams.Add(keyGroups.Delegate);
                break;
            case KeyGroupsSavepointStateHandle keyGroups:
                streams.Add(keyGroups.Delegate);
                break;
            case IncrementalRemoteKeyedStateHandle incremental:
                streams.Add(incremental.MetaDataStateHandle);
                streams.AddRange(incremental.SharedState.Select(s => s.Handle));
                streams.AddRange(incremental.PrivateState.Select(s => s.Handle));
                break;
            case ChangelogStateBackendHandle changelog:
                foreach (var part in changelog.Materialized.Concat(changelog.NonMaterialized))
                    Add(streams, part);
                break;
            case ChangelogStateHandleStream changes:
                streams.AddRange(changes.HandlesAndOffsets.Select(h => h.Handle));
                break;
        }
    }

    private static IEnumerable<OperatorStateHandle?> OperatorStates(OperatorSubtaskState subtask) => subtask.Legacy is { } old
        ? [subtask.ManagedOperatorState, subtask.RawOperatorState, .. old.ManagedOperatorStates, .. old.RawOperatorStates]
        : [subtask.ManagedOperatorState, subtask.RawOperatorState];
}
