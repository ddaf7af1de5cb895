namespace Cairn.Cli.Files;

/// <summary>Standard input, whose reads end when they are cancelled: a read of a pipe or a terminal itself waits for whoever writes, however long.</summary>
internal sealed class InterruptibleStream(Stream input) : Stream
{
    private byte[] _buffer = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // What is read after the end of the wait must not go into a buffer that somebody else may have by then.
        if (_buffer.Length < buffer.Length)
            _buffer = new byte[buffer.Length];
        var read = await ReadInBackgroundAsync(buffer.Length).WaitAsync(cancellationToken);
        _buffer.AsMemory(0, read).CopyTo(buffer);
        return read;
    }

    private async Task<int> ReadInBackgroundAsync(int length)
    {
        await Task.Yield();
        return await input.ReadAsync(_buffer.AsMemory(0, length), CancellationToken.None);
    }

    public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
