using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Cairn.FileSystems;

namespace Cairn.Providers.S3;

/// <summary>Lists keys, page by page.</summary>
internal sealed class S3Listing(S3Bucket bucket)
{
    public const int MaxPage = 1000;

    /// <summary>Whether anything lies below <paramref name="directory"/>. One request; throws when the bucket is missing.</summary>
    public async Task<bool> HasAnyAsync(StoragePath directory, CancellationToken cancellationToken)
    {
        var page = await PageAsync(directory, Request(directory, recursive: true, pageSize: 1), cancellationToken).ConfigureAwait(false);
        return page.S3Objects is { Count: > 0 };
    }

    public async IAsyncEnumerable<FileEntry> ListAsync(StoragePath directory, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = Request(directory, options.Recursive, Math.Min(options.PageSize ?? MaxPage, MaxPage));
        do
        {
            var page = await PageAsync(directory, request, cancellationToken).ConfigureAwait(false);
            foreach (var found in page.S3Objects ?? [])
                yield return S3Bucket.Entry(StoragePath.FromKey(bucket.Root, Decode(found.Key)), found.Size ?? 0, found.ETag, found.LastModified);
            foreach (var prefix in page.CommonPrefixes ?? [])
                yield return new FileEntry { Path = StoragePath.FromPrefix(bucket.Root, Decode(prefix)), Kind = EntryKind.Directory };
            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    /// <summary>The prefix that everything below a directory begins with.</summary>
    public static string PrefixOf(StoragePath directory) => directory.Key.Length == 0 ? "" : directory.Key + "/";

    /// <summary>Keys come URL-encoded, because XML cannot carry all of them; AWS writes a blank as a plus sign.</summary>
    private static string Decode(string key) => Uri.UnescapeDataString(key.Replace('+', ' '));

    private ListObjectsV2Request Request(StoragePath directory, bool recursive, int pageSize) => new()
    {
        BucketName = bucket.Name,
        Prefix = PrefixOf(directory),
        Delimiter = recursive ? null : "/",
        MaxKeys = pageSize,
        Encoding = EncodingType.Url,
    };

    private Task<ListObjectsV2Response> PageAsync(StoragePath directory, ListObjectsV2Request request, CancellationToken cancellationToken) =>
        bucket.CallAsync(directory, static (client, request, ct) => client.ListObjectsV2Async(request, ct), request, cancellationToken);
}
