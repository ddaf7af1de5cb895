using System.Buffers;
using Cairn.FileSystems;

namespace Cairn.Cli.Files;

/// <summary>Copies one file: within a store on the store's side, between stores as one stream in bounded memory. The copy appears whole.</summary>
internal static class Transfer
{
    private const int BufferSize = 256 * 1024;

    /// <summary>From here on a file is read in parts, over several connections: 32 MiB on their way.</summary>
    private const long PartedLength = 64 * 1024 * 1024;

    /// <exception cref="FileSystemException"><see cref="FileSystemErrorCode.Corrupt"/>: the source ended early; nothing was published. Else as the verbs it is made of.</exception>
    public static async Task CopyAsync(
        IFileSystem from, FileEntry source, IFileSystem to, StoragePath destination, WriteMode mode, TransferProgress? progress, CancellationToken cancellationToken)
    {
        if (ReferenceEquals(from, to))
        {
            await from.CopyAsync(source.Path, destination, new CopyOptions { Mode = mode, Source = source }, cancellationToken);
            progress?.Moved(source.Length);
            return;
        }
        if (source.Length >= PartedLength && !from.Capabilities.RealDirectories)
        {
            await DownloadAsync(from, source, to, destination, mode, progress, cancellationToken);
            return;
        }
        var reader = await from.OpenReadAsync(source.Path, cancellationToken: cancellationToken);
        await using (reader)
        {
            var writer = await to.OpenWriteAsync(destination, new WriteOptions { Mode = mode, LengthHint = reader.Entry.Length }, cancellationToken);
            await using (writer)
            {
                await CopyAsync(reader, writer.Stream, reader.Entry.Length, progress, cancellationToken);
                if (writer.Position != reader.Entry.Length)
                    throw new FileSystemException(FileSystemErrorCode.Corrupt, $"'{source.Path}' ended after {writer.Position} of {reader.Entry.Length} bytes; nothing was written.", source.Path);
                await writer.CommitAsync(cancellationToken);
            }
        }
    }

    private static async Task DownloadAsync(
        IFileSystem from, FileEntry source, IFileSystem to, StoragePath destination, WriteMode mode, TransferProgress? progress, CancellationToken cancellationToken)
    {
        var writer = await to.OpenWriteAsync(destination, new WriteOptions { Mode = mode, LengthHint = source.Length }, cancellationToken);
        await using (writer)
        {
            var read = await from.DownloadAsync(source.Path, new CountingStream(writer.Stream, progress), cancellationToken: cancellationToken);
            if (writer.Position != read.Length)
                throw new FileSystemException(FileSystemErrorCode.Corrupt, $"'{source.Path}' ended after {writer.Position} of {read.Length} bytes; nothing was written.", source.Path);
            await writer.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Copies a stream in one buffer.</summary>
    public static async Task CopyAsync(Stream from, Stream to, long length, TransferProgress? progress, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length, 4096, BufferSize));
        try
        {
            int read;
            while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                progress?.Moved(read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
