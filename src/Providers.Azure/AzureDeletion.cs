using Azure;
using Azure.Storage.Blobs.Models;
using Cairn.FileSystems;
using Cairn.Providers.Azure.Batches;

namespace Cairn.Providers.Azure;

/// <summary>Deletes blobs with their snapshots: in batches, or one by one and several at once where batches are refused. Thread safe.</summary>
internal sealed class AzureDeletion(AzureContainer container)
{
    /// <summary>Batches in flight: as many as keep a server busy.</summary>
    private const int BatchesAtOnce = 4;

    private volatile bool _refusesBatches;

    public async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken)
    {
        var deletable = paths.Where(path => FaultOf(path) is null).DistinctBy(path => path.Key).ToArray();
        var errors = new Dictionary<string, FileSystemException?>(StringComparer.Ordinal);
        var chunks = deletable.Chunk(BlobBatch.MaxRequests).ToArray();
        var results = new IReadOnlyList<DeleteResult>[chunks.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = BatchesAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, chunks.Length, parallel, async (i, ct) => results[i] = await DeleteChunkAsync(chunks[i], ct).ConfigureAwait(false)).ConfigureAwait(false);
        foreach (var result in results.SelectMany(chunk => chunk))
            errors[result.Path.Key] = result.Error;
        return [.. paths.Select(path => new DeleteResult(path, FaultOf(path) ?? errors[path.Key]))];
    }

    /// <summary>The client would resolve some segments and delete another blob.</summary>
    private static FileSystemException? FaultOf(StoragePath path) =>
        !path.IsAddressable && AzureBlobName.Fault(path.Key.TrimEnd('/')) is { } fault ? FileSystemException.InvalidPath(path, fault) : null;

    private async Task<IReadOnlyList<DeleteResult>> DeleteChunkAsync(StoragePath[] paths, CancellationToken cancellationToken)
    {
        if (paths.Length == 1 || _refusesBatches || !container.Signer.IsAvailable)
            return await DeleteSinglyAsync(paths, cancellationToken).ConfigureAwait(false);
        var batch = new BlobBatch(container, paths);
        await batch.RunAsync(cancellationToken).ConfigureAwait(false);
        return batch.IsRefused ? await DeleteAfterRefusalAsync(paths, cancellationToken).ConfigureAwait(false) : [.. batch.Results];
    }

    /// <summary>One single request tells whether it is batches that are refused, or everything.</summary>
    private async Task<IReadOnlyList<DeleteResult>> DeleteAfterRefusalAsync(StoragePath[] paths, CancellationToken cancellationToken)
    {
        var first = await DeleteOneAsync(paths[0], cancellationToken).ConfigureAwait(false);
        if (first.Error is { } error)
            return [.. paths.Select(path => new DeleteResult(path, new FileSystemException(error.Code, error.Message, path, error) { RequestId = error.RequestId }))];
        _refusesBatches = true;
        return [first, .. await DeleteSinglyAsync(paths[1..], cancellationToken).ConfigureAwait(false)];
    }

    private async Task<IReadOnlyList<DeleteResult>> DeleteSinglyAsync(StoragePath[] paths, CancellationToken cancellationToken)
    {
        var results = new DeleteResult[paths.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = container.Options.DeleteParallelism, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, paths.Length, parallel, async (i, ct) => results[i] = await DeleteOneAsync(paths[i], ct).ConfigureAwait(false)).ConfigureAwait(false);
        return results;
    }

    private async Task<DeleteResult> DeleteOneAsync(StoragePath path, CancellationToken cancellationToken)
    {
        try
        {
            await container.CallAsync(path, SendOneAsync, path, cancellationToken).ConfigureAwait(false);
            return new(path, null);
        }
        catch (FileSystemException e)
        {
            return new(path, e);
        }
    }

    /// <summary>False when nothing had to go, which is success; a missing container is not.</summary>
    private async Task<bool> SendOneAsync(StoragePath path, CancellationToken cancellationToken)
    {
        try
        {
            await container.Blob(path).DeleteAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException e) when (AzureErrors.IsAbsentBlob(e.ErrorCode) || AzureErrors.IsFilledDirectory(e.ErrorCode))
        {
            return false;
        }
    }
}
