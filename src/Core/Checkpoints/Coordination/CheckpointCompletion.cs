using Cairn.FileSystems;
using Microsoft.Extensions.Logging;

namespace Cairn.Checkpoints.Coordination;

/// <summary>
/// What only the job's owner may do, and one at a time: complete a checkpoint, and finish the job. Between a commit and everything that rests on it
/// stands the look at the next epoch.
/// </summary>
internal sealed class CheckpointCompletion(
    JobOwnership ownership,
    CheckpointCommit commit,
    CheckpointRetention retention,
    EndedCheckpoints ended,
    PendingCheckpoints underWay,
    CheckpointInterval interval,
    ObservedJob observed,
    ILogger logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary><see cref="PendingCheckpoint.CompleteAsync"/>.</summary>
    public async Task<CompletedCheckpoint> CompleteAsync(PendingCheckpoint pending, CancellationToken cancellationToken)
    {
        pending.Trace.Enter();
        CompletedCheckpoint completed;
        try
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            pending.Failed(CheckpointFailureReason.Aborted);
            throw;
        }
        try
        {
            completed = await CompleteInTurnAsync(pending, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
        await retention.WaitForRoomAsync(cancellationToken).ConfigureAwait(false);
        return completed;
    }

    /// <summary>Discards all checkpoints, the latest after the job is marked as finished; false when an older one could not be discarded.</summary>
    public async Task<bool> FinishAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await ThrowIfReplacedAsync(cancellationToken).ConfigureAwait(false);
            return await retention.DiscardAllAsync(token => AsOwnerAsync(ownership.FinishAsync, token), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits for the discards under way, in bounded time. What is being completed ends by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        await retention.DisposeAsync().ConfigureAwait(false);
        observed.Dispose();
    }

    private async Task<CompletedCheckpoint> CompleteInTurnAsync(PendingCheckpoint pending, CancellationToken cancellationToken)
    {
        if (!pending.IsSavepoint && pending.Id < retention.LatestId)
        {
            pending.Failed(CheckpointFailureReason.Subsumed);
            throw pending.NotOpen();
        }
        var completed = await CommitAsync(pending, cancellationToken).ConfigureAwait(false);
        await ConfirmAsync(pending, cancellationToken).ConfigureAwait(false);
        Report(pending, completed);
        if (!pending.IsSavepoint)
            Supersede(completed.Id);
        await ownership.RenewIfUsedUpAsync(cancellationToken).ConfigureAwait(false);
        return completed;
    }

    private async Task<CompletedCheckpoint> CommitAsync(PendingCheckpoint pending, CancellationToken cancellationToken)
    {
        try
        {
            ownership.ThrowIfFenced();
            var completed = await commit.RunAsync(pending, cancellationToken).ConfigureAwait(false);
            pending.Completed();
            if (!pending.IsSavepoint)
            {
                retention.Add(completed);
                ended.Add(pending.Id, pending.ExclusiveDirectory);
            }
            underWay.Remove(pending.Id);
            return completed;
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.OutcomeUnknown)
        {
            pending.OutcomeUnknown();
            pending.Trace.Failed(CheckpointFailureReason.OutcomeUnknown);
            retention.AddUnknown(pending);
            underWay.Remove(pending.Id);
            throw;
        }
        catch (Exception e)
        {
            pending.Failed(e switch
            {
                FencedException => CheckpointFailureReason.Fenced,
                OperationCanceledException => CheckpointFailureReason.Aborted,
                IOException => CheckpointFailureReason.StoreFailed,
                _ => CheckpointFailureReason.Unspecified,
            });
            throw;
        }
    }

    /// <summary>The look after the commit: a checkpoint that is not confirmed is not reported, although it may be there.</summary>
    private async Task ConfirmAsync(PendingCheckpoint pending, CancellationToken cancellationToken)
    {
        try
        {
            await ThrowIfReplacedAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            pending.Trace.Failed(e is FencedException ? CheckpointFailureReason.Fenced : CheckpointFailureReason.OutcomeUnknown);
            throw;
        }
    }

    private void Report(PendingCheckpoint pending, CompletedCheckpoint completed)
    {
        interval.Restart();
        pending.Trace.Completed(completed);
        observed.Completed();
        logger.Completed(completed.Id, completed.Duration.TotalMilliseconds, completed.ExternalPointer);
    }

    private void Supersede(long completed)
    {
        foreach (var older in underWay.Below(completed))
            _ = older.AbortAsync(CheckpointFailureReason.Subsumed);
        retention.Clean(completed);
    }

    /// <summary>The look at the next epoch, before anything is reported or discarded.</summary>
    private Task ThrowIfReplacedAsync(CancellationToken cancellationToken) => AsOwnerAsync(ownership.ThrowIfReplacedAsync, cancellationToken);

    private async Task AsOwnerAsync(Func<CancellationToken, Task> claim, CancellationToken cancellationToken)
    {
        try
        {
            await claim(cancellationToken).ConfigureAwait(false);
        }
        catch (FencedException)
        {
            retention.Stop();
            throw;
        }
    }
}
