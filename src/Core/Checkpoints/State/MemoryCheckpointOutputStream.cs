namespace Cairn.Checkpoints.State;

/// <summary>
/// State that is kept in memory and ends inline in the checkpoint's metadata. Bytes above the limit are counted and not kept, so that memory is bounded.
/// Follows Flink's <c>MemoryCheckpointOutputStream</c>.
/// </summary>
internal sealed class MemoryCheckpointOutputStream(long maxStateSize) : CheckpointStateOutputStream
{
    private readonly ThresholdStream _stream = new(maxStateSize, System.IO.Stream.Null);
    private bool _closed;

    public override Stream Stream => _stream;

    public override long Position => _stream.Position;

    public override Task<StreamStateHandle?> FinishAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_closed)
            throw new IOException("stream has already been closed");
        if (Position == 0)
            return Task.FromResult<StreamStateHandle?>(null);
        Close();
        if (_stream.IsPassedOn)
            throw new StateTooLargeException(Position, maxStateSize);
        return Task.FromResult<StreamStateHandle?>(new ByteStreamStateHandle(Guid.NewGuid().ToString(), _stream.Kept));
    }

    public override ValueTask DisposeAsync()
    {
        Close();
        return ValueTask.CompletedTask;
    }

    private void Close()
    {
        _closed = true;
        _stream.End();
    }
}
