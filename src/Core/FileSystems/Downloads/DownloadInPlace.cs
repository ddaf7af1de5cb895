using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Cairn.FileSystems.Downloads;

/// <summary>
/// Writes each part to its place in a file as it comes, in pieces that are still in the processor's cache: parts that wait in memory for their turn are read from there
/// again, which costs more than receiving them.
/// </summary>
internal static class DownloadInPlace
{
    private const int PieceSize = 256 * 1024;

    public static async Task RunAsync(DownloadParts parts, FileStream destination, int parallelism, CancellationToken cancellationToken)
    {
        var start = destination.Position;
        var file = destination.SafeFileHandle;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(parts.Offsets(), parallel, async (offset, token) =>
            await parts.ReadAsync(offset, stream => CopyAsync(stream, parts.LengthOf(offset), file, start + offset, token), token).ConfigureAwait(false)).ConfigureAwait(false);
        destination.Position = start + parts.Entry.Length;
    }

    private static async Task CopyAsync(FileReadStream part, int length, SafeFileHandle file, long position, CancellationToken cancellationToken)
    {
        var piece = ArrayPool<byte>.Shared.Rent(Math.Min(length, PieceSize));
        try
        {
            for (var done = 0; done < length;)
            {
                var bytes = piece.AsMemory(0, Math.Min(piece.Length, length - done));
                await part.ReadExactlyAsync(bytes, cancellationToken).ConfigureAwait(false);
                await RandomAccess.WriteAsync(file, bytes, position + done, cancellationToken).ConfigureAwait(false);
                done += bytes.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
