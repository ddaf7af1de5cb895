using Cairn.FileSystems;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// Who owns a job, told by <see cref="WriteMode.Create"/> alone: each owner creates the next of a gapless row of objects, which are kept for ever.
/// They are empty, but for the <see cref="RestoreRecord"/> of an owner that was told where to start from, and for the mark of a finished job.
/// An owner is replaced exactly when the object behind its own exists.
/// </summary>
internal sealed class JobEpochs(IFileSystem fileSystem, CheckpointDirectories directories)
{
    private const int MaxAttempts = 10;

    /// <summary>
    /// What an owner claims its last epoch with. A listing tells it by its length, which no record has: whoever opens the job next knows without another request
    /// that checkpoints of lower epochs are of a finished job, however late a replaced owner commits one.
    /// </summary>
    private static readonly byte[] Finished = "."u8.ToArray();

    /// <summary>Claims the epoch behind the last one that is there; on a lost race it looks again, because the winner may have finished the job.</summary>
    /// <returns>The epoch, and the lowest whose checkpoints are not of a finished job.</returns>
    public async Task<(long Epoch, long Begins)> ClaimNextAsync(ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (last, begins) = await ListAsync(cancellationToken).ConfigureAwait(false);
            if (await TryClaimAsync(last + 1, content, cancellationToken).ConfigureAwait(false))
                return (last + 1, begins);
        }
    }

    /// <summary>Claims exactly this epoch as the one that finishes the job; false when somebody else has it.</summary>
    /// <remarks>Only the owner of the epoch before may write the mark, so one that is there is its own, from an attempt whose answer was lost.</remarks>
    public async Task<bool> TryFinishAsync(long epoch, CancellationToken cancellationToken) =>
        await TryClaimAsync(epoch, Finished, cancellationToken).ConfigureAwait(false)
        || (await ReadAsync(epoch, cancellationToken).ConfigureAwait(false)).Span.SequenceEqual(Finished);

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

    private async Task<(long Last, long Begins)> ListAsync(CancellationToken cancellationToken)
    {
        var (last, begins) = (-1L, 0L);
        await foreach (var entry in fileSystem.ListAsync(directories.Epochs, null, cancellationToken).ConfigureAwait(false))
        {
            if (entry.Kind != EntryKind.File || CheckpointDirectories.Number(entry.Path.Name) is not { } epoch)
                continue;
            last = Math.Max(last, epoch);
            if (entry.Length == Finished.Length)
                begins = Math.Max(begins, epoch);
        }
        return (last, begins);
    }
}
