using Cairn.FileSystems;

namespace Cairn.Checkpoints.State;

/// <summary>
/// State that stays inline up to a threshold and becomes a file above it. The file has a unique name, so it needs no condition.
/// Follows Flink's <c>FsCheckpointStateOutputStream</c>.
/// </summary>
internal sealed class FileSystemCheckpointStateOutputStream : CheckpointStateOutputStream
{
    private readonly FileWriter _writer;
    private readonly ThresholdStream _stream;
    private readonly Func<FileEntry, CancellationToken, Task<StreamStateHandle>> _onCommitted;
    private bool _closed;

    /// <param name="writer">The file that the state becomes when it does not stay inline; owned.</param>
    /// <param name="inlineThreshold">How many bytes stay inline at most.</param>
    /// <param name="onCommitted">Makes the handle of the file that was written, or takes the file back and throws.</param>
    public FileSystemCheckpointStateOutputStream(FileWriter writer, int inlineThreshold, Func<FileEntry, CancellationToken, Task<StreamStateHandle>> onCommitted)
    {
        _writer = writer;
        _stream = new ThresholdStream(inlineThreshold, writer.Stream);
        _onCommitted = onCommitted;
    }

    public override Stream Stream => _stream;

    public override long Position => _stream.Position;

    public override async Task<StreamStateHandle?> FinishAsync(CancellationToken cancellationToken = default)
    {
        if (_closed)
            throw new IOException("Stream has already been closed and discarded.");
        if (Position == 0)
            return null;
        Close();
        if (!_stream.IsPassedOn)
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
            return new ByteStreamStateHandle(_writer.Path.ToString(), _stream.Kept);
        }
        var entry = await _writer.CommitAsync(cancellationToken).ConfigureAwait(false);
        return await _onCommitted(entry, cancellationToken).ConfigureAwait(false);
    }

    public override ValueTask DisposeAsync()
    {
        Close();
        return _writer.DisposeAsync();
    }

    private void Close()
    {
        _closed = true;
        _stream.End();
    }
}
