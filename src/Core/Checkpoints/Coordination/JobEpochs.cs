using Cairn.FileSystems;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// Who owns a job, told by <see cref="WriteMode.Create"/> alone: each owner creates the next of a gapless row of objects, which are kept for ever.
/// They are empty, but for the <see cref="RestoreRecord"/> of an owner that was told where to start from.
/// An owner is replaced exactly when the object behind its own exists.
/// </summary>
internal sealed class JobEpochs(IFileSystem fileSystem, CheckpointDirectories directories)
{
    private const int MaxAttempts = 10;

    /// <summary>Claims the epoch behind the last one that is there; on a lost race the one behind the winner's.</summary>
    public async Task<long> ClaimNextAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var next = 1 + await LastAsync(cancellationToken).ConfigureAwait(false);
        while (!await TryClaimAsync(next, content, cancellationToken).ConfigureAwait(false))
            next++;
        return next;
    }

    /// <summary>What the owner of <paramref name="epoch"/> wrote into it; nothing when it is not there. One read.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(long epoch, CancellationToken cancellationToken)
    {
        try
        {
            return await fileSystem.ReadAllBytesAsync(directories.Epoch(epoch), cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.NotFound)
        {
            return default;
        }
    }

    /// <summary>Creates exactly this epoch; false when somebody else has it.</summary>
    /// <remarks>
    /// After an unknown outcome the same number is tried again: it must exist before a higher one does, else a replaced owner would look
    /// behind its own epoch and see nobody. If the lost attempt had landed, the number is merely spent.
    /// </remarks>
    public async Task<bool> TryClaimAsync(long epoch, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await fileSystem.WriteAllBytesAsync(directories.Epoch(epoch), content, WriteMode.Create, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (FileSystemException e) when (e.Code == FileSystemErrorCode.AlreadyExists)
            {
                return false;
            }
            catch (FileSystemException e) when (attempt < MaxAttempts && (e.Code is FileSystemErrorCode.OutcomeUnknown or FileSystemErrorCode.Conflict))
            {
                // Settled by the next round.
            }
        }
    }

    /// <summary>Whether the owner of <paramref name="epoch"/> was replaced. One request.</summary>
    public async Task<bool> IsReplacedAsync(long epoch, CancellationToken cancellationToken) =>
        await fileSystem.FindAsync(directories.Epoch(epoch + 1), null, cancellationToken).ConfigureAwait(false) is not null;

    private async Task<long> LastAsync(CancellationToken cancellationToken)
    {
        var last = -1L;
        await foreach (var entry in fileSystem.ListAsync(directories.Epochs, null, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Kind == EntryKind.File && CheckpointDirectories.Number(entry.Path.Name) is { } epoch && epoch > last)
                last = epoch;
        }
        return last;
    }
}
