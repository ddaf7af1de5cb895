using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>A named operator state and where its entries begin in the stream. Follows Flink's <c>OperatorStateHandle.StateMetaInfo</c>.</summary>
/// <param name="Name">The state's name.</param>
/// <param name="Mode">How the entries are given out after a restore.</param>
/// <param name="Offsets">The offset in bytes of each entry, in their order.</param>
/// <remarks>Equal when name, mode and every offset are equal.</remarks>
public readonly record struct OperatorStateMetaInfo(string Name, OperatorStateMode Mode, ImmutableArray<long> Offsets)
{
    /// <inheritdoc/>
    public bool Equals(OperatorStateMetaInfo other) => Name == other.Name && Mode == other.Mode && ContentEquality.Same(Offsets, other.Offsets);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Mode, ContentEquality.Hash(Offsets));
}
