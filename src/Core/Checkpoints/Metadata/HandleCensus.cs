using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>Counts the handles of each type in metadata: Flink's name of the type, and the code that stands for it in the file.</summary>
internal sealed class HandleCensus
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>How many handles of each type there are, by name.</summary>
    public static IReadOnlyDictionary<string, int> Of(CheckpointMetadata metadata)
    {
        var census = new HandleCensus();
        foreach (var state in metadata.Operators)
        {
            census.Visit(state.CoordinatorState);
            foreach (var subtask in state.Subtasks)
                census.Visit(subtask);
        }

        return census._counts;
    }

    private void Count(string type) => _counts[type] = _counts.GetValueOrDefault(type) + 1;

    private void Visit(OperatorSubtaskState subtask)
    {
        if (subtask.Legacy is { } legacy)
        {
            if (legacy.SerializedState is not null)
                Count("JavaSerialized(v0)");
            foreach (var handle in legacy.States)
                Visit(handle);
            foreach (var handle in legacy.ManagedOperatorStates.Concat(legacy.RawOperatorStates))
                Visit(handle);
        }

        Visit(subtask.ManagedOperatorState);
        Visit(subtask.RawOperatorState);
        Visit(subtask.ManagedKeyedState);
        Visit(subtask.RawKeyedState);
        foreach (var handle in subtask.InputChannelState)
            Visit(handle, handle is MergedInputChannelStateHandle ? "MergedInputChannelStateHandle(3)" : "InputChannelStateHandle");
        foreach (var handle in subtask.ResultSubpartitionState)
            Visit(handle, handle is MergedResultSubpartitionStateHandle ? "MergedResultSubpartitionStateHandle(4)" : "ResultSubpartitionStateHandle");
    }

    private void Visit(ChannelStateHandle handle, string type)
    {
        Count(type);
        Visit(handle.Delegate);
    }

    private void Visit(OperatorStateHandle? handle)
    {
        if (handle is null)
            return;
        Count(handle is FileMergingOperatorStreamStateHandle ? "SegmentPartitionableOperator(17)" : "PartitionableOperator(4)");
        Visit(handle.Delegate);
    }

    private void Visit(KeyedStateHandle? handle)
    {
        switch (handle)
        {
            case KeyGroupsStateHandle keyGroups:
                Count(keyGroups.StateHandleId is null ? "KeyGroups(3)" : "KeyGroupsV2(12)");
                Visit(keyGroups.Delegate);
                break;
            case KeyGroupsSavepointStateHandle savepoint:
                Count("SavepointKeyGroups(7)");
                Visit(savepoint.Delegate);
                break;
            case IncrementalRemoteKeyedStateHandle incremental:
                Count(incremental.StateHandleId is null ? "Incremental(5)" : "IncrementalV2(11)");
                Visit(incremental.MetaDataStateHandle);
                foreach (var file in incremental.SharedState.Concat(incremental.PrivateState))
                    Visit(file.Handle);
                break;
            case ChangelogStateBackendHandle changelog:
                Count(changelog.CheckpointId is null ? "Changelog(8)" : "ChangelogV2(14)");
                foreach (var part in changelog.Materialized.Concat(changelog.NonMaterialized))
                    Visit(part);
                break;
            case InMemoryChangelogStateHandle:
                Count("InMemoryChangelog(9)");
                break;
            case ChangelogStateHandleStream stream:
                Count(stream.StorageIdentifier is null ? "ChangelogStream(10)" : "ChangelogStreamV2(13)");
                foreach (var part in stream.HandlesAndOffsets)
                    Visit(part.Handle);
                break;
        }
    }

    private void Visit(StreamStateHandle? handle)
    {
        switch (handle)
        {
            case null:
                break;
            case KeyGroupsStreamStateHandle keyGroups:
                Count("KeyGroups-as-stream(3)");
                Visit(keyGroups.Delegate);
                break;
            default:
                Count(handle switch
                {
                    ByteStreamStateHandle => "ByteStream(1)",
                    FileStateHandle => "File(2)",
                    RelativeFileStateHandle => "RelativeFile(6)",
                    SegmentFileStateHandle => "SegmentFile(15)",
                    _ => "EmptySegmentFile(16)",
                });
                break;
        }
    }
}
