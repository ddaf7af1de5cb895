using System.Collections.Immutable;
using Cairn.Checkpoints.Metadata;
using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Coordination;

/// <summary>What a subtask's state looks like in <c>_metadata</c>.</summary>
internal static class SubtaskStates
{
    /// <summary>State that is one stream: a list of one entry, which goes to one subtask.</summary>
    public static OperatorSubtaskState OfStream(int index, StreamStateHandle state) => new()
    {
        Index = index,
        ManagedOperatorState = new OperatorStreamStateHandle([new OperatorStateMetaInfo("state", OperatorStateMode.SplitDistribute, ImmutableArray.Create(0L))], state),
    };

    public static OperatorSubtaskState OfKeyed(int index, KeyedStateHandle state) => new() { Index = index, ManagedKeyedState = state };

    public static OperatorSubtaskState Finished(int index) => new() { Index = index, IsFinished = true };
}
