using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>Where each key group of a range begins in a stream. Follows Flink's <c>KeyGroupRangeOffsets</c>.</summary>
/// <param name="Range">The key groups.</param>
/// <param name="Offsets">
/// One offset in bytes per key group, in their order. Some releases write 0 for a key group without data, so offsets may repeat and need not ascend.
/// </param>
/// <remarks>Equal when the range and every offset are equal.</remarks>
public readonly record struct KeyGroupRangeOffsets(KeyGroupRange Range, ImmutableArray<long> Offsets)
{
    /// <inheritdoc/>
    public bool Equals(KeyGroupRangeOffsets other) => Range == other.Range && ContentEquality.Same(Offsets, other.Offsets);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Range, ContentEquality.Hash(Offsets));
}
