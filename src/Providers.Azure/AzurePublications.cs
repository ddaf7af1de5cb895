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
            return await LookUpOnceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw AzureErrors.Translate(Path, e);
        }
    }

    public override bool RepeatsAfterConflict => false;

    public override PublishFault Judge(Exception exception) => AzureErrors.Judge(Path, Mode, exception);

    protected virtual Task<PublishedFile?> LookUpOnceAsync(CancellationToken cancellationToken) => Container.HeadAsync(Path, cancellationToken);
}

/// <summary>A file in one request.</summary>
internal sealed class AzurePut(AzureContainer container, StoragePath path, WriteMode mode, string writeId, UploadContent content)
    : AzurePublication(container, path, mode, writeId)
{
    public override long Length => content.Length;

    public override async Task<FileEntry> SendAsync(CancellationToken cancellationToken)
    {
        using var body = content.OpenRead();
        var options = new BlobUploadOptions
        {
            Metadata = AzureContainer.Stamp(WriteId),
            Conditions = Conditions,
            AccessTier = Container.Options.AccessTier,
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
        var options = new CommitBlockListOptions { Metadata = AzureContainer.Stamp(WriteId), Conditions = Conditions, AccessTier = Container.Options.AccessTier };
        var blob = (await Container.Blob(Path).CommitBlockListAsync(blocks, options, cancellationToken).ConfigureAwait(false)).Value;
        return AzureContainer.Entry(Path, length, blob.ETag, blob.LastModified);
    }
}
