namespace Cairn.Checkpoints.State;

/// <summary>
/// Writes one piece of state and ends in a handle to it. Disposing it unfinished discards everything and never throws. Not thread safe.
/// Follows Flink's <c>CheckpointStateOutputStream</c>, with an explicit finish in place of <c>closeAndGetHandle</c>.
/// </summary>
public abstract class CheckpointStateOutputStream : IAsyncDisposable
{
    /// <summary>Where the bytes go. Another stream may wrap it: disposing it finishes nothing and discards nothing.</summary>
    public abstract Stream Stream { get; }

    /// <summary>How many bytes were written so far.</summary>
    public abstract long Position { get; }

    /// <summary>Ends the state: durable when this returns, or inline in the handle. Null when nothing was written.</summary>
    /// <exception cref="IOException">The state could not be stored, is larger than the backend allows, or the stream was finished or discarded before.</exception>
    public abstract Task<StreamStateHandle?> FinishAsync(CancellationToken cancellationToken = default);

    /// <summary>Discards the state unless it was finished.</summary>
    public abstract ValueTask DisposeAsync();
}
