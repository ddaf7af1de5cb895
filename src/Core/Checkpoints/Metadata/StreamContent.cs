using System.Buffers;

namespace Cairn.Checkpoints.Metadata;

/// <summary>Reads a whole stream into memory of just its length.</summary>
internal static class StreamContent
{
    private const int ChunkSize = 64 * 1024;

    public static async ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (stream.CanSeek && stream.Length - stream.Position is > 0 and var length && length <= Array.MaxLength)
            return await ReadKnownAsync(stream, (int)length, cancellationToken).ConfigureAwait(false);
        return await ReadChunksAsync(stream, [], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a stream that says its length, which may have changed by the time its end is reached.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>> ReadKnownAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        byte[] content = GC.AllocateUninitializedArray<byte>(length);
        int read = await stream.ReadAtLeastAsync(content, length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return read < length
            ? content.AsMemory(0, read)
            : await ReadChunksAsync(stream, content, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the rest of a stream into rented chunks, and copies them once its length is known.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>> ReadChunksAsync(Stream stream, byte[] head, CancellationToken cancellationToken)
    {
        var chunks = new List<ArraySegment<byte>>();
        long length = head.Length;
        try
        {
            while (true)
            {
                byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkSize);
                chunks.Add(chunk);
                int read = await stream.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                chunks[^1] = new ArraySegment<byte>(chunk, 0, read);
                length += read;
                if (length > Array.MaxLength)
                    throw new CheckpointMetadataException($"The file is longer than {Array.MaxLength} bytes, more than can be read.");
                if (read < chunk.Length)
                    return Join(head, chunks, (int)length);
            }
        }
        finally
        {
            foreach (var chunk in chunks)
                ArrayPool<byte>.Shared.Return(chunk.Array!);
        }
    }

    private static byte[] Join(byte[] head, List<ArraySegment<byte>> chunks, int length)
    {
        if (length == head.Length)
            return head;
        byte[] content = GC.AllocateUninitializedArray<byte>(length);
        head.CopyTo(content, 0);
        int position = head.Length;
        foreach (var chunk in chunks)
        {
            chunk.AsSpan().CopyTo(content.AsSpan(position));
            position += chunk.Count;
        }

        return content;
    }
}
