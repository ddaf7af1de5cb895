namespace Cairn.Checkpoints.State;

/// <summary>
/// Writes a checkpoint's <c>_metadata</c>; its finish is what makes the checkpoint exist. Disposing it unfinished leaves nothing. Not thread safe.
/// Follows Flink's <c>CheckpointMetadataOutputStream</c>, with an explicit finish in place of <c>closeAndFinalizeCheckpoint</c>.
/// </summary>
public abstract class CheckpointMetadataOutputStream : IAsyncDisposable
{
    /// <summary>Where the bytes go. Another stream may wrap it: disposing it finishes nothing and discards nothing.</summary>
    public abstract Stream Stream { get; }

    /// <summary>The directory that the metadata will lie in, which relative handles start from; null for a checkpoint in memory only.</summary>
    public abstract string? Directory { get; }

    /// <summary>How many bytes were written so far.</summary>
    public abstract long Position { get; }

    /// <summary>Publishes <c>_metadata</c>, whole and in one step: from then on the checkpoint is complete.</summary>
    /// <exception cref="FileSystems.FileSystemException">
    /// Refused (the checkpoint exists already, or the store failed): nothing was published.
    /// Or <see cref="FileSystems.FileSystemErrorCode.OutcomeUnknown"/>: then nothing is to be deleted and the id is not to be used again.
    /// </exception>
    public abstract Task<ICompletedCheckpointStorageLocation> FinishAsync(CancellationToken cancellationToken = default);

    /// <summary>Leaves nothing unless it was finished.</summary>
    public abstract ValueTask DisposeAsync();
}
