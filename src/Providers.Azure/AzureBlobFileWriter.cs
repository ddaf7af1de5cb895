using System.Text;
using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Providers.Azure;

/// <summary>
/// Writes a blob: one request, or staged blocks and a block list. Staged blocks belong to the blob's name and not to a writer, so their ids
/// begin with the write id: two writers of one name never mix their bytes. What is not committed is dropped by Azure after a week, or with the next commit.
/// </summary>
internal sealed class AzureBlobFileWriter(AzureContainer container, StoragePath path, WriteOptions options)
    : PartedFileWriter(path, container.Options.Blocks, options.LengthHint, container.Options.TimeProvider)
{
    private readonly string _writeId = Publication.NewWriteId();

    protected override Task<FileEntry> PutAsync(UploadContent content, CancellationToken cancellationToken)
    {
        var published = container.Settlement.PublishAsync(new AzurePut(container, Path, options.Mode, _writeId, content), cancellationToken);
        return options.Mode == WriteMode.Create ? PutAsBlockAfterConflictAsync(published, content, cancellationToken) : published;
    }

    protected override Task BeginAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task<string> UploadPartAsync(int index, UploadContent content, CancellationToken cancellationToken)
    {
        // All ids of a blob have to be equally long, other writers' uncommitted ones included: 48 bytes is what Microsoft's clients make.
        var id = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{_writeId}-{index:d15}"));
        await container.CallAsync(Path, (_, ct) => StageAsync(id, content, ct), index, cancellationToken, content.Length).ConfigureAwait(false);
        return id;
    }

    protected override Task<FileEntry> CompleteAsync(IReadOnlyList<string> parts, long length, CancellationToken cancellationToken) =>
        container.Settlement.PublishAsync(new AzureBlockCommit(container, Path, options.Mode, _writeId, parts, length), cancellationToken);

    protected override Task AbortAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Where the name was refused and nothing is there: Azurite takes blocks that a killed writer left for a blob, but not when a block list is committed.</summary>
    private async Task<FileEntry> PutAsBlockAfterConflictAsync(Task<FileEntry> published, UploadContent content, CancellationToken cancellationToken)
    {
        try
        {
            return await published.ConfigureAwait(false);
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.Conflict)
        {
            string[] blocks = content.Length == 0 ? [] : [await UploadPartAsync(0, content, cancellationToken).ConfigureAwait(false)];
            return await CompleteAsync(blocks, content.Length, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> StageAsync(string id, UploadContent content, CancellationToken cancellationToken)
    {
        using var body = content.OpenRead();
        await container.Blob(Path).StageBlockAsync(id, body, cancellationToken: cancellationToken).ConfigureAwait(false);
        return true;
    }
}
