using Cairn.Checkpoints.Metadata;

namespace Cairn.Checkpoints.Coordination;

/// <summary>The one step by which a checkpoint comes to exist: its <c>_metadata</c> is written, whole, with <c>Create</c>.</summary>
internal sealed class CheckpointCommit(int metadataVersion, TimeProvider time)
{
    public async Task<CompletedCheckpoint> RunAsync(PendingCheckpoint pending, CancellationToken cancellationToken)
    {
        var metadata = pending.ToMetadata(metadataVersion);
        var location = await pending.GetLocationAsync(cancellationToken).ConfigureAwait(false);
        var output = await location.CreateMetadataOutputStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            var options = new CheckpointMetadataWriterOptions { Directory = output.Directory };
            await CheckpointMetadataWriter.WriteAsync(metadata, output.Stream, options, cancellationToken).ConfigureAwait(false);
            var size = output.Position;
            var completed = await output.FinishAsync(cancellationToken).ConfigureAwait(false);
            return CheckpointFiles.Describe(metadata, completed.ExternalPointer) with
            {
                IsSavepoint = pending.IsSavepoint,
                Duration = time.GetElapsedTime(pending.StartTimestamp),
                MetadataSize = size,
            };
        }
    }
}
