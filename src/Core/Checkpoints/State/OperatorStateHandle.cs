using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>State of an operator that is not partitioned by key: named states in one stream. Follows Flink's <c>OperatorStateHandle</c>.</summary>
/// <param name="States">The named states, in the order of the file.</param>
/// <param name="Delegate">The stream with the state.</param>
/// <remarks>Immutable; equal when all it says is equal, the states in their order. (In Flink the order is that of a hash map.)</remarks>
public abstract record OperatorStateHandle(ImmutableArray<OperatorStateMetaInfo> States, StreamStateHandle Delegate)
{
    /// <summary>The named states, in the order of the file.</summary>
    public ImmutableArray<OperatorStateMetaInfo> States { get; init => field = ContentEquality.OrEmpty(value); } = ContentEquality.OrEmpty(States);

    /// <summary>The number of bytes of the stream; negative when it is not known.</summary>
    public long StateSize => Delegate.StateSize;

    /// <inheritdoc/>
    public virtual bool Equals(OperatorStateHandle? other) =>
        other is not null
        && EqualityContract == other.EqualityContract
        && Delegate == other.Delegate
        && ContentEquality.Same(States, other.States);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Delegate, ContentEquality.Hash(States));
}
