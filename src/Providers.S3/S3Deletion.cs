using System.Xml;
using Amazon.S3;
using Amazon.S3.Model;
using Cairn.FileSystems;

namespace Cairn.Providers.S3;

/// <summary>Deletes keys, as many in a request as S3 takes.</summary>
internal sealed class S3Deletion(S3Bucket bucket)
{
    public const int MaxBatch = 1000;

    public async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken)
    {
        var errors = new Dictionary<string, FileSystemException>(StringComparer.Ordinal);
        foreach (var batch in paths.Where(path => FitsIntoXml(path.Key)).DistinctBy(path => path.Key).Chunk(MaxBatch))
            await DeleteBatchAsync(batch, errors, cancellationToken).ConfigureAwait(false);
        foreach (var path in paths.Where(path => !FitsIntoXml(path.Key)))
            await DeleteOneAsync(path, errors, cancellationToken).ConfigureAwait(false);
        return [.. paths.Select(path => new DeleteResult(path, errors.GetValueOrDefault(path.Key)))];
    }

    /// <summary>A batch is an XML document, which cannot name every key.</summary>
    private static bool FitsIntoXml(string key)
    {
        foreach (var rune in key.EnumerateRunes())
        {
            if (rune.IsBmp && !XmlConvert.IsXmlChar((char)rune.Value))
                return false;
        }
        return !key.Contains('\r', StringComparison.Ordinal);
    }

    private async Task DeleteBatchAsync(StoragePath[] batch, Dictionary<string, FileSystemException> errors, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectsRequest { BucketName = bucket.Name, Quiet = true, Objects = [.. batch.Select(path => new KeyVersion { Key = path.Key })] };
        try
        {
            await bucket.CallAsync(batch[0], static (client, request, ct) => client.DeleteObjectsAsync(request, ct), request, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e) when (e.InnerException is DeleteObjectsException partly)
        {
            var byKey = batch.ToDictionary(path => path.Key, StringComparer.Ordinal);
            foreach (var error in partly.Response.DeleteErrors.Where(error => byKey.ContainsKey(error.Key)))
                await SettleAsync(byKey[error.Key], error, errors, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e)
        {
            foreach (var path in batch)
                errors[path.Key] = e;
        }
    }

    /// <summary>A key that failed in a way that may pass is deleted by itself, with the retries of every request.</summary>
    private async Task SettleAsync(StoragePath path, DeleteError error, Dictionary<string, FileSystemException> errors, CancellationToken cancellationToken)
    {
        var failure = S3Errors.OfKey(path, error.Code, error.Message);
        if (failure.IsTransient)
            await DeleteOneAsync(path, errors, cancellationToken).ConfigureAwait(false);
        else if (error.Code != "NoSuchKey")
            errors[path.Key] = failure;
    }

    private async Task DeleteOneAsync(StoragePath path, Dictionary<string, FileSystemException> errors, CancellationToken cancellationToken)
    {
        var request = new DeleteObjectRequest { BucketName = bucket.Name, Key = path.Key };
        try
        {
            await bucket.CallAsync(path, static (client, request, ct) => client.DeleteObjectAsync(request, ct), request, cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e)
        {
            errors[path.Key] = e;
        }
    }
}
