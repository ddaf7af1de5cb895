using System.Buffers.Binary;

namespace Cairn.Conformance;

/// <summary>
/// Bytes that say whose they are and where they belong: every block carries its seed and its index, the rest is pseudo-random, so that blocks of two
/// payloads, swapped blocks and missing ones are all found.
/// </summary>
internal sealed record Payload(int Seed, long Length)
{
    private const int BlockSize = 64 * 1024;
    private const int Header = 8;

    /// <summary>The whole of it.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        for (long at = 0; at < Length; at += BlockSize)
            Block(at).CopyTo(bytes.AsSpan((int)at));
        return bytes;
    }

    /// <summary>Writes it block by block.</summary>
    public async Task WriteToAsync(Stream stream, CancellationToken cancellationToken)
    {
        for (long at = 0; at < Length; at += BlockSize)
            await stream.WriteAsync(Block(at), cancellationToken);
    }

    /// <summary>Reads a stream to its end and fails unless it held exactly this.</summary>
    public async Task CheckAsync(Stream stream, CancellationToken cancellationToken)
    {
        long at = 0;
        var buffer = new byte[BlockSize];
        while (true)
        {
            var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            Expect.True(buffer.AsSpan(0, read).SequenceEqual(at < Length ? Block(at) : []), $"the {Length} bytes of payload {Seed}, block at {at}");
            at += read;
            if (read < buffer.Length)
                return;
        }
    }

    /// <summary>Fails unless <paramref name="bytes"/> are exactly this.</summary>
    public void Check(ReadOnlySpan<byte> bytes) => Expect.True(bytes.SequenceEqual(ToArray()), $"the {Length} bytes of payload {Seed}, not these {bytes.Length}");

    /// <summary>Reads a stream to its end and says which of <paramref name="candidates"/> it is; fails when it is none of them, whole.</summary>
    public static async Task<Payload> IdentifyAsync(Stream stream, IReadOnlyCollection<Payload> candidates, CancellationToken cancellationToken)
    {
        var buffer = new MemoryStream();
        await stream.CopyToAsync(buffer, cancellationToken);
        Expect.True(buffer.Length >= Header, $"a payload with its header, not {buffer.Length} bytes");
        var seed = BinaryPrimitives.ReadInt32LittleEndian(buffer.GetBuffer());
        var payload = candidates.FirstOrDefault(candidate => candidate.Seed == seed);
        Expect.True(payload is not null, $"one of the payloads that were written, not {seed}");
        payload.Check(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
        return payload;
    }

    private byte[] Block(long at)
    {
        var index = (int)(at / BlockSize);
        var block = new byte[Math.Min(BlockSize, Length - at)];
        Noise.Fill(block, ((long)Seed << 32) | (uint)index);
        if (block.Length >= Header)
        {
            BinaryPrimitives.WriteInt32LittleEndian(block, Seed);
            BinaryPrimitives.WriteInt32LittleEndian(block.AsSpan(sizeof(int)), index);
        }
        return block;
    }
}
