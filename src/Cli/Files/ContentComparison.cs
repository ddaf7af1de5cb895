using System.Buffers;
using System.Security.Cryptography;
using Cairn.FileSystems;

namespace Cairn.Cli.Files;

/// <summary>
/// Whether two files of equal length have the same bytes: by the checksums that stores keep, and where a store keeps none, by reading.
/// </summary>
internal static class ContentComparison
{
    private const int BufferSize = 128 * 1024;

    public static async Task<bool> IsSameAsync(IFileSystem from, FileEntry source, IFileSystem to, FileEntry destination, CancellationToken cancellationToken)
    {
        if (source.Length != destination.Length)
            return false;
        if (source.Length == 0)
            return true;
        var (left, right) = (KnownChecksum.Of(source), KnownChecksum.Of(destination));
        if (left is not null && right is not null)
            return left == right;
        if (left is not null)
            return await HasAsync(to, destination, left, cancellationToken);
        if (right is not null)
            return await HasAsync(from, source, right, cancellationToken);
        var hashes = await Task.WhenAll(HashAsync(from, source, HashAlgorithmName.SHA256, cancellationToken), HashAsync(to, destination, HashAlgorithmName.SHA256, cancellationToken));
        return hashes[0].AsSpan().SequenceEqual(hashes[1]);
    }

    private static async Task<bool> HasAsync(IFileSystem fileSystem, FileEntry entry, KnownChecksum checksum, CancellationToken cancellationToken) =>
        checksum.Matches(await HashAsync(fileSystem, entry, HashAlgorithmName.MD5, cancellationToken));

    private static async Task<byte[]> HashAsync(IFileSystem fileSystem, FileEntry entry, HashAlgorithmName algorithm, CancellationToken cancellationToken)
    {
        var stream = await fileSystem.OpenReadAsync(entry.Path, cancellationToken: cancellationToken);
        await using (stream)
        {
            using var hash = IncrementalHash.CreateHash(algorithm);
            var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(stream.Entry.Length, 4096, BufferSize));
            try
            {
                for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
                    hash.AppendData(buffer, 0, read);
                return hash.GetHashAndReset();
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
