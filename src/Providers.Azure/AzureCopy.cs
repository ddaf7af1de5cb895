using Azure;
using Azure.Core;
using Azure.Storage.Blobs.Models;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.Azure;

/// <summary>
/// A copy inside the account. Azure makes it at once, as a rule, and else in its own time: then the destination is there before its bytes are, so it
/// counts as published only when the copy has ended, and what a failed one left is removed.
/// </summary>
internal sealed class AzureCopy(AzureContainer container, AzureContainer from, FileEntry source, StoragePath path, WriteMode mode, string writeId)
    : AzurePublication(container, path, mode, writeId)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    /// <summary>A copy that takes its time is waited for as long as its bytes might take.</summary>
    public override long Length => source.Length;

    public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
    {
        var options = new BlobCopyFromUriOptions
        {
            // Or the copy would carry the write id of its source.
            Metadata = AzureContainer.Stamp(WriteId),
            AccessTier = Container.Options.AccessTier,
            SourceConditions = source.ETag is { } etag ? new() { IfMatch = AzureContainer.Quoted(etag) } : null,
            DestinationConditions = Conditions,
        };
        // The server reads the source in its own name: a shared access signature has to be in the source's address.
        var signed = await from.Signer.SignAsync(RequestMethod.Get, from.Blob(source.Path).Uri, null, cancellationToken).ConfigureAwait(false);
        var copy = await Container.Blob(Path).StartCopyFromUriAsync(signed.Uri, options, cancellationToken).ConfigureAwait(false);
        var answer = copy.GetRawResponse();
        if (answer.Headers.TryGetValue("x-ms-copy-status", out var status) && status == "success" && answer.Headers.ETag is { } copied)
            return AzureContainer.Entry(Path, source.Length, copied, modified: null);
        var found = await AwaitAsync(cancellationToken).ConfigureAwait(false);
        return found?.WriteId == WriteId ? found.Entry : throw new CopyFailedException(Path);
    }

    public override PublishFault Judge(Exception exception)
    {
        if (exception is CopyFailedException failed)
            return new(PublishFaultKind.NotDone, failed);
        if (exception is RequestFailedException { Status: 404, ErrorCode: "BlobNotFound" or "CannotVerifyCopySource" })
            return new(PublishFaultKind.Rejected, FileSystemException.NotFound(source.Path, exception));
        var fault = base.Judge(exception);
        // Where the destination is as it should be, it is the source that was not.
        return fault.Kind == PublishFaultKind.Refused && source.ETag is { } etag && exception is RequestFailedException { Status: 412 }
            ? fault with { Error = FileSystemException.PreconditionFailed(source.Path, etag, exception) }
            : fault;
    }

    protected override Task<PublishedFile?> LookUpOnceAsync(CancellationToken cancellationToken) => AwaitAsync(cancellationToken);

    /// <summary>What is under the name when no copy of ours is under way any more; null when nothing is, or only what our failed copy left.</summary>
    private async Task<PublishedFile?> AwaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var found = await Container.CallAsync(Path, Container.PropertiesAsync, Path, cancellationToken).ConfigureAwait(false);
            if (found is null)
                return null;
            var file = AzureContainer.Published(Path, found);
            if (file.WriteId != WriteId || found.BlobCopyStatus is null or CopyStatus.Success)
                return file;
            if (found.BlobCopyStatus == CopyStatus.Pending)
            {
                await Task.Delay(BetweenLooks, Container.Options.TimeProvider, cancellationToken).ConfigureAwait(false);
                continue;
            }
            await RemoveAsync(found.ETag, cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private async Task RemoveAsync(ETag version, CancellationToken cancellationToken)
    {
        try
        {
            await Container.Blob(Path).DeleteAsync(DeleteSnapshotsOption.None, new BlobRequestConditions { IfMatch = version }, cancellationToken).ConfigureAwait(false);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            // Somebody else did, or has written the name anew.
        }
    }

    private sealed class CopyFailedException(StoragePath path)
        : FileSystemException(FileSystemErrorCode.Unavailable, $"Azure began to copy to '{path}' and did not end it; nothing is left there.", path);
}
