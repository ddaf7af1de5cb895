using Azure;
using Azure.Storage.Blobs.Models;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.Azure;

/// <summary>A file that appears in a container: what its kinds of publishing requests have in common.</summary>
internal abstract class AzurePublication(AzureContainer container, StoragePath path, WriteMode mode, string writeId) : Publication(path, mode, writeId)
{
    protected AzureContainer Container { get; } = container;

    protected BlobRequestConditions? Conditions =>
        Mode == WriteMode.Create ? new() { IfNoneMatch = ETag.All }
        : Mode.ExpectedETag is { } expected ? new() { IfMatch = AzureContainer.Quoted(expected) }
        : null;

    public sealed override async Task<PublishedFile?> LookUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await Container.HeadAsync(Path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw AzureErrors.Translate(Path, e);
        }
    }

    public override PublishFault Judge(Exception exception) => AzureErrors.Judge(Path, Mode, exception);
}

/// <summary>A file in one request.</summary>
internal sealed class AzurePut(AzureContainer container, StoragePath path, WriteMode mode, string writeId, UploadContent content)
    : AzurePublication(container, path, mode, writeId)
{
    public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
    {
        using var body = content.OpenRead();
        var options = new BlobUploadOptions
        {
            Metadata = AzureContainer.Stamp(WriteId),
            Conditions = Conditions,
            // The SDK cuts what is not below its limit into blocks of its own, with ids that are not ours.
            TransferOptions = new() { InitialTransferSize = content.Length + 1, MaximumTransferSize = content.Length + 1, MaximumConcurrency = 1 },
        };
        var blob = (await Container.Blob(Path).UploadAsync(body, options, cancellationToken).ConfigureAwait(false)).Value;
        return AzureContainer.Entry(Path, content.Length, blob.ETag, blob.LastModified);
    }
}

/// <summary>The commit of a block list.</summary>
internal sealed class AzureBlockCommit(AzureContainer container, StoragePath path, WriteMode mode, string writeId, IReadOnlyList<string> blocks, long length)
    : AzurePublication(container, path, mode, writeId)
{
    public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
    {
        var options = new CommitBlockListOptions { Metadata = AzureContainer.Stamp(WriteId), Conditions = Conditions };
        var blob = (await Container.Blob(Path).CommitBlockListAsync(blocks, options, cancellationToken).ConfigureAwait(false)).Value;
        return AzureContainer.Entry(Path, length, blob.ETag, blob.LastModified);
    }
}

/// <summary>A copy inside the container.</summary>
internal sealed class AzureCopy(AzureContainer container, FileEntry source, StoragePath path, WriteMode mode, string writeId)
    : AzurePublication(container, path, mode, writeId)
{
    public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
    {
        var options = new BlobCopyFromUriOptions
        {
            // Or the copy would carry the write id of its source.
            Metadata = AzureContainer.Stamp(WriteId),
            SourceConditions = source.ETag is { } etag ? new() { IfMatch = AzureContainer.Quoted(etag) } : null,
            DestinationConditions = Conditions,
        };
        var blob = Container.Blob(Path);
        var copy = await blob.StartCopyFromUriAsync(Container.Blob(source.Path).Uri, options, cancellationToken).ConfigureAwait(false);
        var answer = copy.GetRawResponse();
        if (answer.Headers.TryGetValue("x-ms-copy-status", out var status) && status == "success" && answer.Headers.ETag is { } copied)
            return AzureContainer.Entry(Path, source.Length, copied, modified: null);
        await copy.WaitForCompletionAsync(cancellationToken).ConfigureAwait(false);
        return await Container.FindAsync(Path, cancellationToken).ConfigureAwait(false) ?? throw FileSystemException.NotFound(Path);
    }

    public override PublishFault Judge(Exception exception)
    {
        if (exception is RequestFailedException { ErrorCode: "BlobNotFound" or "CannotVerifyCopySource" })
            return new(PublishFaultKind.Rejected, FileSystemException.NotFound(source.Path, exception));
        var fault = base.Judge(exception);
        // Where the destination is as it should be, it is the source that was not.
        return fault.Kind == PublishFaultKind.Refused && source.ETag is { } etag && exception is RequestFailedException { Status: 412 }
            ? fault with { Error = FileSystemException.PreconditionFailed(source.Path, etag, exception) }
            : fault;
    }
}
