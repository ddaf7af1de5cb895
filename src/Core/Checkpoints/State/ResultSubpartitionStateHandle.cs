using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>Data of one result subpartition. Follows Flink's <c>ResultSubpartitionStateHandle</c>.</summary>
/// <param name="SubtaskIndex">The subtask that wrote the state, from 0.</param>
/// <param name="StateSize">The number of bytes of these channels in the stream.</param>
/// <param name="Delegate">The stream with the data, usually one of many channels.</param>
/// <param name="Info">The result subpartition.</param>
/// <param name="Offsets">Where each buffer begins in the stream, in bytes.</param>
public sealed record ResultSubpartitionStateHandle(
    int SubtaskIndex,
    ResultSubpartitionInfo Info,
    ImmutableArray<long> Offsets,
    long StateSize,
    StreamStateHandle Delegate)
    : OutputStateHandle(SubtaskIndex, StateSize, Delegate)
{
    /// <summary>Where each buffer begins in the stream, in bytes.</summary>
    public ImmutableArray<long> Offsets { get; init => field = ContentEquality.OrEmpty(value); } = ContentEquality.OrEmpty(Offsets);

    /// <inheritdoc/>
    public bool Equals(ResultSubpartitionStateHandle? other) =>
        base.Equals(other) && Info == other.Info && ContentEquality.Same(Offsets, other.Offsets);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Info);
}
