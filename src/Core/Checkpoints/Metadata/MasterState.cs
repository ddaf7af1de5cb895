using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints.Metadata;

/// <summary>State of a hook that runs once per job, beside the operators. Follows Flink's <c>MasterState</c>.</summary>
/// <param name="Name">The hook's name.</param>
/// <param name="Version">The version of the hook's serializer.</param>
/// <param name="Data">The state as the hook encoded it.</param>
/// <remarks>Immutable; equal when name, version and bytes are equal.</remarks>
public sealed record MasterState(string Name, int Version, ReadOnlyMemory<byte> Data)
{
    /// <inheritdoc/>
    public bool Equals(MasterState? other) =>
        other is not null && Name == other.Name && Version == other.Version && ContentEquality.Same(Data, other.Data);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Version, Data.Length);
}
