using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>Keeps state in memory until it ends inline in the checkpoint's metadata; the scope makes no difference. Follows Flink's <c>MemCheckpointStreamFactory</c>.</summary>
public class MemoryCheckpointStreamFactory : ICheckpointStreamFactory
{
    /// <summary>Makes one.</summary>
    /// <param name="maxStateSize">How many bytes one piece of state may have, above 0.</param>
    public MemoryCheckpointStreamFactory(long maxStateSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxStateSize);
        MaxStateSize = maxStateSize;
    }

    /// <summary>How many bytes one piece of state may have; a finish above it throws <see cref="StateTooLargeException"/>.</summary>
    public long MaxStateSize { get; }

    /// <inheritdoc/>
    public Task<CheckpointStateOutputStream> CreateCheckpointStateOutputStreamAsync(CheckpointedStateScope scope, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult<CheckpointStateOutputStream>(new MemoryCheckpointOutputStream(MaxStateSize));
    }
}
