using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>State of one key group as Flink 1.1 kept it (version 0): an opaque Java object.</summary>
/// <param name="KeyGroup">The key group.</param>
/// <param name="Data">The Java-serialized object; null where the file says so.</param>
/// <param name="StateSize">The size of the state in bytes, as the writer counted it.</param>
/// <param name="Duration">How long the snapshot took, in milliseconds.</param>
/// <remarks>Immutable; equal when all it says is equal.</remarks>
public sealed record SerializedKeyGroupState(int KeyGroup, ReadOnlyMemory<byte>? Data, long StateSize, long Duration)
{
    /// <inheritdoc/>
    public bool Equals(SerializedKeyGroupState? other) =>
        other is not null
        && KeyGroup == other.KeyGroup
        && StateSize == other.StateSize
        && Duration == other.Duration
        && ContentEquality.Same(Data, other.Data);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(KeyGroup, StateSize, Duration);
}
