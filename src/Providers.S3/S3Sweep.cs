using Amazon.S3.Model;
using Cairn.FileSystems;

namespace Cairn.Providers.S3;

/// <summary>Aborts multi-part uploads that nobody finished, whoever began them. S3 does not say what time it has; a day of margin outweighs the difference to our clock.</summary>
internal sealed class S3Sweep(S3Bucket bucket)
{
    public async Task<SweepResult> SweepAsync(StoragePath directory, SweepOptions options, CancellationToken cancellationToken)
    {
        var before = bucket.Options.TimeProvider.GetUtcNow().UtcDateTime - options.OlderThan;
        var request = new ListMultipartUploadsRequest { BucketName = bucket.Name, Prefix = S3Listing.PrefixOf(directory) };
        var removed = 0;
        var failures = new List<FileSystemException>();
        ListMultipartUploadsResponse page;
        do
        {
            page = await bucket.CallAsync(directory, static (client, request, ct) => client.ListMultipartUploadsAsync(request, ct), request, cancellationToken).ConfigureAwait(false);
            foreach (var upload in (page.MultipartUploads ?? []).Where(upload => upload.Initiated <= before))
            {
                if (await AbortAsync(upload, cancellationToken).ConfigureAwait(false) is { } failure)
                    failures.Add(failure);
                else
                    removed++;
            }
            (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
        }
        while (page.IsTruncated == true);
        return new(removed, failures);
    }

    private async Task<FileSystemException?> AbortAsync(MultipartUpload upload, CancellationToken cancellationToken)
    {
        var path = StoragePath.FromKey(bucket.Root, upload.Key);
        var request = new AbortMultipartUploadRequest { BucketName = bucket.Name, Key = upload.Key, UploadId = upload.UploadId };
        try
        {
            await bucket.CallAsync(path, static (client, request, ct) => client.AbortMultipartUploadAsync(request, ct), request, cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (FileSystemException e)
        {
            return e;
        }
    }
}
