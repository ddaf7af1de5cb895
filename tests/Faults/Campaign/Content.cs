using Cairn.FileSystems;

namespace Cairn.Faults.Campaign;

/// <summary>Bytes that follow from a seed.</summary>
internal sealed record Content(int Seed, int Length)
{
    private const int Piece = 100_000;

    public byte[] ToArray()
    {
        var bytes = new byte[Length];
        new Random(Seed).NextBytes(bytes);
        return bytes;
    }

    public async Task WriteToAsync(FileWriter writer, CancellationToken cancellationToken)
    {
        var bytes = ToArray();
        for (var at = 0; at < Length; at += Piece)
            await writer.Stream.WriteAsync(bytes.AsMemory(at, Math.Min(Piece, Length - at)), cancellationToken);
    }
}

/// <summary>A file as it should be. The version is null until it was seen.</summary>
internal sealed record KnownFile(Content Content, string? ETag);
