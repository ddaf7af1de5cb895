using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs.Models;
using Cairn.FileSystems;

namespace Cairn.Providers.Azure;

/// <summary>Lists blobs, page by page; a page may be short or empty and still have a successor.</summary>
internal sealed class AzureListing(AzureContainer container)
{
    public const int MaxPage = 5000;

    /// <summary>Whether anything lies below <paramref name="directory"/>; throws when the container is missing.</summary>
    public async Task<bool> HasAnyAsync(StoragePath directory, CancellationToken cancellationToken)
    {
        var options = new ListOptions { Recursive = true, PageSize = 1 };
        await foreach (var _ in ListAsync(directory, options, cancellationToken).ConfigureAwait(false))
            return true;
        return false;
    }

    public async IAsyncEnumerable<FileEntry> ListAsync(StoragePath directory, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var page = await container.CallAsync(
                directory, (next, ct) => PageAsync(directory, options, next, ct), next, cancellationToken).ConfigureAwait(false);
            if (page is null)
                yield break;
            foreach (var item in page.Values)
                yield return Entry(item);
            next = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(next));
    }

    private async Task<Page<BlobHierarchyItem>?> PageAsync(StoragePath directory, ListOptions options, string? next, CancellationToken cancellationToken)
    {
        var request = new GetBlobsByHierarchyOptions
        {
            Prefix = directory.Key.Length == 0 ? null : directory.Key + "/",
            Delimiter = options.Recursive ? null : "/",
        };
        var pages = container.Client.GetBlobsByHierarchyAsync(request, cancellationToken).AsPages(next, Math.Min(options.PageSize ?? MaxPage, MaxPage));
        await foreach (var page in pages.ConfigureAwait(false))
            return page;
        return null;
    }

    private FileEntry Entry(BlobHierarchyItem item) => item.IsPrefix
        ? new FileEntry { Path = StoragePath.FromPrefix(container.Root, item.Prefix), Kind = EntryKind.Directory }
        : AzureContainer.Entry(
            StoragePath.FromKey(container.Root, item.Blob.Name), item.Blob.Properties.ContentLength ?? 0, item.Blob.Properties.ETag, item.Blob.Properties.LastModified);
}
