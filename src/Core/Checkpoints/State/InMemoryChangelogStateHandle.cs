using System.Collections.Immutable;

namespace Cairn.Checkpoints.State;

/// <summary>Changes of keyed state that lie in the handle itself. Follows Flink's <c>InMemoryChangelogStateHandle</c>.</summary>
/// <param name="KeyGroupRange">The key groups that the changes are of.</param>
public sealed record InMemoryChangelogStateHandle(KeyGroupRange KeyGroupRange) : KeyedStateHandle
{
    /// <inheritdoc/>
    public override KeyGroupRange KeyGroupRange { get; } = KeyGroupRange;

    /// <summary>The sequence number of the first change.</summary>
    public required long From { get; init; }

    /// <summary>The sequence number after the last change.</summary>
    public required long To { get; init; }

    /// <summary>The changes, in their order.</summary>
    public ImmutableArray<StateChange> Changes { get; init => field = ContentEquality.OrEmpty(value); } = [];

    /// <summary>Identifies the handle, usually a UUID; null in files of Flink 1.14, which have no place for it.</summary>
    public string? StateHandleId { get; init; }

    /// <inheritdoc/>
    public override long StateSize
    {
        get
        {
            long size = 0;
            foreach (var change in Changes)
                size += change.Change.Length;
            return size;
        }
    }

    /// <inheritdoc/>
    public bool Equals(InMemoryChangelogStateHandle? other) =>
        other is not null
        && KeyGroupRange == other.KeyGroupRange
        && From == other.From
        && To == other.To
        && StateHandleId == other.StateHandleId
        && ContentEquality.Same(Changes, other.Changes);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(KeyGroupRange, From, To, StateHandleId, Changes.Length);
}
