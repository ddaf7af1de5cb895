using Amazon.S3.Model;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.S3;

/// <summary>Copies a file inside the bucket: in one request, in parts, or through this process where the server cannot be trusted with the conditions.</summary>
internal sealed class S3Copying(S3FileSystem fileSystem, S3Bucket bucket)
{
    public async Task<FileEntry> CopyAsync(StoragePath source, StoragePath destination, CopyOptions options, CancellationToken cancellationToken)
    {
        var destinationIsSafe = options.Mode == WriteMode.Overwrite || bucket.Server.CopiesConditionally;
        var sourceIsPinned = options.Source is null || bucket.Server.CompletesConditionally;
        var known = options.Source;
        if (known is null && destinationIsSafe)
            known = await fileSystem.FindAsync(source, cancellationToken: cancellationToken).ConfigureAwait(false) ?? throw FileSystemException.NotFound(source);
        if (known is not null && GoesInParts(known.Length, destinationIsSafe))
            return await CopyInPartsAsync(known, destination, options.Mode, cancellationToken).ConfigureAwait(false);
        if (known is null || !destinationIsSafe || !sourceIsPinned || known.Length > bucket.Options.MaxCopyLength)
            return await StreamedCopy.RunAsync(fileSystem, source, destination, options with { Source = known }, cancellationToken).ConfigureAwait(false);
        var copy = new S3Copy(bucket, known, destination, options.Mode, Publication.NewWriteId());
        return await bucket.Settlement.PublishAsync(copy, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What one request does not copy, or would not copy under a condition, where the completion of an upload keeps conditions.</summary>
    private bool GoesInParts(long length, bool destinationIsSafe) =>
        bucket.Server.CompletesConditionally && (length > bucket.Options.MaxCopyLength || (!destinationIsSafe && length > bucket.Options.Parts.PartSize));

    /// <summary>Each part is pinned to the version of the source; the condition on the destination is the completion's.</summary>
    private async Task<FileEntry> CopyInPartsAsync(FileEntry source, StoragePath destination, WriteMode mode, CancellationToken cancellationToken)
    {
        var upload = await S3Upload.BeginAsync(bucket, destination, Publication.NewWriteId(), withChecksum: false, cancellationToken).ConfigureAwait(false);
        try
        {
            var size = Math.Max(bucket.Options.CopyPartSize, (source.Length + S3Limits.MaxParts - 1) / S3Limits.MaxParts);
            var parts = new PartETag[(source.Length + size - 1) / size];
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = bucket.Options.Parts.Parallelism, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, parts.Length, parallel, async (i, token) =>
                parts[i] = await upload.CopyAsync(i + 1, source, i * size, Math.Min(size, source.Length - (i * size)), token).ConfigureAwait(false)).ConfigureAwait(false);
            return await upload.CompleteAsync(mode, [.. parts], source.Length, checksum: null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not FileSystemException { Code: FileSystemErrorCode.OutcomeUnknown })
        {
            await AbandonAsync(upload).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What cannot be given up now, the sweep finds.</summary>
    private static async Task AbandonAsync(S3Upload upload)
    {
        try
        {
            await upload.AbortAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (FileSystemException)
        {
            // The error of the copy says more.
        }
    }
}
