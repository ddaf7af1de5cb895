using Cairn.FileSystems;

namespace Cairn.Checkpoints.State;

/// <summary>Writes <c>_metadata</c> with <see cref="WriteMode.Create"/>: of any number of attempts at one checkpoint, one wins. Follows Flink's <c>FsCheckpointMetadataOutputStream</c>.</summary>
/// <param name="writer">Publishes the file; owned.</param>
/// <param name="maxLength">The longest file that the store publishes under a condition; null for every length.</param>
/// <param name="complete">Makes the location of the file that was published.</param>
internal sealed class FileSystemCheckpointMetadataOutputStream(FileWriter writer, long? maxLength, Func<FileEntry, ICompletedCheckpointStorageLocation> complete)
    : CheckpointMetadataOutputStream
{
    private readonly MetadataLimitStream _stream = new(writer, maxLength);
    private bool _closed;

    public override Stream Stream => _stream;

    public override string? Directory => writer.Path.Parent!.ToString();

    public override long Position => writer.Position;

    public override async Task<ICompletedCheckpointStorageLocation> FinishAsync(CancellationToken cancellationToken = default)
    {
        if (_closed)
            throw new IOException("Stream has already been closed and discarded.");
        Close();
        return complete(await writer.CommitAsync(cancellationToken).ConfigureAwait(false));
    }

    public override ValueTask DisposeAsync()
    {
        Close();
        return writer.DisposeAsync();
    }

    private void Close()
    {
        _closed = true;
        _stream.End();
    }
}
