using Cairn.FileSystems;

namespace Cairn.Checkpoints.State;

/// <summary>Writes <c>_metadata</c> with <see cref="WriteMode.Create"/>: of any number of attempts at one checkpoint, one wins. Follows Flink's <c>FsCheckpointMetadataOutputStream</c>.</summary>
internal sealed class FileSystemCheckpointMetadataOutputStream(FileWriter writer, Func<FileEntry, ICompletedCheckpointStorageLocation> complete)
    : CheckpointMetadataOutputStream
{
    public override Stream Stream => writer.Stream;

    public override string? Directory => writer.Path.Parent?.ToString();

    public override long Position => writer.Position;

    public override async Task<ICompletedCheckpointStorageLocation> FinishAsync(CancellationToken cancellationToken = default) =>
        complete(await writer.CommitAsync(cancellationToken).ConfigureAwait(false));

    public override ValueTask DisposeAsync() => writer.DisposeAsync();
}
