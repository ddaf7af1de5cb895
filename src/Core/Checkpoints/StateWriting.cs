using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>Writes one piece of state from beginning to end.</summary>
internal static class StateWriting
{
    /// <summary>Opens a stream, lets <paramref name="write"/> fill it, and finishes it; no bytes are state too, inline under <paramref name="name"/>.</summary>
    public static async Task<StreamStateHandle> WriteAsync(
        this ICheckpointStreamFactory streams, CheckpointedStateScope scope, string name, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var output = await streams.CreateCheckpointStateOutputStreamAsync(scope, cancellationToken).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            await write(output.Stream, cancellationToken).ConfigureAwait(false);
            return await output.FinishAsync(cancellationToken).ConfigureAwait(false) ?? new ByteStreamStateHandle(name, default);
        }
    }
}
