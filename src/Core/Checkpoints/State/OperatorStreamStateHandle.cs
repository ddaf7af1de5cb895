using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>Operator state in a stream of its own. Follows Flink's <c>OperatorStreamStateHandle</c>.</summary>
/// <param name="States">The named states, in the order of the file.</param>
/// <param name="Delegate">The stream with the state.</param>
public sealed record OperatorStreamStateHandle(ImmutableArray<OperatorStateMetaInfo> States, StreamStateHandle Delegate)
    : OperatorStateHandle(States, Delegate);
