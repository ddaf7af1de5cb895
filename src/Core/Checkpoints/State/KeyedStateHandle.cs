namespace Cairn.Checkpoints.State;

/// <summary>State that is partitioned by key, of a range of key groups. Follows Flink's <c>KeyedStateHandle</c>.</summary>
/// <remarks>Immutable; equal when all it says is equal, collections element by element in their order.</remarks>
public abstract record KeyedStateHandle
{
    private protected KeyedStateHandle()
    {
    }

    /// <summary>The key groups that the state covers.</summary>
    public abstract KeyGroupRange KeyGroupRange { get; }

    /// <summary>The number of bytes of all parts together, as far as they are known.</summary>
    public abstract long StateSize { get; }
}
