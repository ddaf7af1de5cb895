namespace Cairn.Checkpoints.State;

/// <summary>One change of keyed state. Follows Flink's <c>StateChange</c>.</summary>
/// <param name="KeyGroup">The key group that changed; −1 for a change of the state's description.</param>
/// <param name="Change">The change as the state backend encoded it.</param>
/// <remarks>Equal when the key group and the bytes are equal.</remarks>
public readonly record struct StateChange(int KeyGroup, ReadOnlyMemory<byte> Change)
{
    /// <inheritdoc/>
    public bool Equals(StateChange other) => KeyGroup == other.KeyGroup && ContentEquality.Same(Change, other.Change);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(KeyGroup, Change.Length);
}
