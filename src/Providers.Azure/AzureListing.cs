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
        var stubs = new DirectoryStubs();
        string? next = null;
        do
        {
            var page = await container.CallAsync(
                directory, (next, ct) => PageAsync(directory, options, next, ct), next, cancellationToken).ConfigureAwait(false);
            if (page is null)
                yield break;
            next = page.ContinuationToken;
            foreach (var item in page.Values.Where(item => item.IsPrefix || !DirectoryStubs.IsStub(item.Blob) || options is { Recursive: true, DirectoryObjects: true }))
                yield return Entry(item);
            foreach (var stub in options.Recursive ? [] : stubs.Pass(page.Values, isLast: string.IsNullOrEmpty(next)))
                yield return Directory(stub + "/");
        }
        while (!string.IsNullOrEmpty(next));
    }

    private async Task<Page<BlobHierarchyItem>?> PageAsync(StoragePath directory, ListOptions options, string? next, CancellationToken cancellationToken)
    {
        var request = new GetBlobsByHierarchyOptions
        {
            Prefix = directory.Key.Length == 0 ? null : directory.Key + "/",
            Delimiter = options.Recursive ? null : "/",
            // Only its metadata tells a directory's stub from an empty file.
            Traits = BlobTraits.Metadata,
        };
        var pages = container.Client.GetBlobsByHierarchyAsync(request, cancellationToken).AsPages(next, Math.Min(options.PageSize ?? MaxPage, MaxPage));
        await foreach (var page in pages.ConfigureAwait(false))
            return page;
        return null;
    }

    private FileEntry Entry(BlobHierarchyItem item) =>
        item.IsPrefix ? Directory(item.Prefix)
        : DirectoryStubs.IsStub(item.Blob) ? Directory(item.Blob.Name + "/")
        : AzureContainer.Entry(
            StoragePath.FromKey(container.Root, item.Blob.Name), item.Blob.Properties.ContentLength ?? 0, item.Blob.Properties.ETag, item.Blob.Properties.LastModified);

    private FileEntry Directory(string prefix) => new() { Path = StoragePath.FromPrefix(container.Root, prefix), Kind = EntryKind.Directory };
}
