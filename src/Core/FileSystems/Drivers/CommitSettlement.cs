namespace Cairn.FileSystems.Drivers;

/// <summary>
/// Brings a <see cref="Publication"/> to one of the three ends of a commit: committed, refused, or unknown. Thread safe.
/// </summary>
/// <remarks>
/// A lost answer is settled by sending the same conditional request again, and a refusal by looking whose file it is:
/// with our write id it is an earlier attempt (or a repetition by the SDK or a proxy) that landed.
/// Cancellation once something was sent only shortens the wait; the end is then committed, refused or unknown, never a cancelled call whose file appears later.
/// </remarks>
public sealed class CommitSettlement
{
    private readonly RetryPolicy _retries;
    private GracePeriod? _spare;

    /// <summary>Makes one that repeats and waits as <paramref name="retries"/> says.</summary>
    public CommitSettlement(RetryPolicy retries)
    {
        ArgumentNullException.ThrowIfNull(retries);
        _retries = retries;
    }

    /// <summary>Publishes, and returns the entry of the file that is there because of it.</summary>
    /// <exception cref="FileSystemException">Refused, with the reason; or <see cref="FileSystemErrorCode.OutcomeUnknown"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while nothing was sent that may have taken effect or still may.</exception>
    public async Task<FileEntry> PublishAsync(Publication publication, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(publication);
        var attempts = _retries.Start();
        var anyLost = false;
        while (true)
        {
            if (!anyLost)
                cancellationToken.ThrowIfCancellationRequested();
            PublishFault fault;
            var grace = Rent().Start(_retries.TimeoutOf(publication.Length), cancellationToken);
            try
            {
                return await publication.SendAsync(grace.Token).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                fault = Judge(publication, e);
            }
            finally
            {
                Return(grace);
            }
            anyLost |= fault.Kind == PublishFaultKind.Lost;
            if (!IsRepeated(publication, fault.Kind) || !attempts.MayGoOn() || !await WaitAsync(attempts, anyLost, cancellationToken).ConfigureAwait(false))
                return await SettleAsync(publication, fault, anyLost, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool IsRepeated(Publication publication, PublishFaultKind kind) =>
        kind is PublishFaultKind.Lost or PublishFaultKind.NotDone || (kind == PublishFaultKind.Conflict && publication.RepeatsAfterConflict);

    private static PublishFault Judge(Publication publication, Exception exception) => exception is OperationCanceledException
        ? new(PublishFaultKind.Lost, FileSystemException.OutcomeUnknown(publication.Path, exception))
        : publication.Judge(exception);

    /// <summary>False when the caller cancelled while an answer is lost: then there is no further attempt, only the look-up.</summary>
    private static async Task<bool> WaitAsync(RetryAttempts attempts, bool anyLost, CancellationToken cancellationToken)
    {
        try
        {
            await attempts.WaitAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (anyLost)
        {
            return false;
        }
    }

    private async Task<FileEntry> SettleAsync(Publication publication, PublishFault fault, bool anyLost, CancellationToken cancellationToken)
    {
        if (!anyLost && (fault.Kind is PublishFaultKind.Rejected || IsRepeated(publication, fault.Kind)))
            throw fault.Error;
        PublishedFile? found;
        try
        {
            found = await LookUpAsync(publication, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileSystemException or OperationCanceledException)
        {
            throw FileSystemException.OutcomeUnknown(publication.Path, new AggregateException(fault.Error, e));
        }
        if (found?.WriteId == publication.WriteId)
            return found.Entry;
        throw Verdict(publication, fault, anyLost, found?.Entry);
    }

    /// <summary>What is there is not ours.</summary>
    private static FileSystemException Verdict(Publication publication, PublishFault fault, bool anyLost, FileEntry? found)
    {
        var (path, mode) = (publication.Path, publication.Mode);
        if (mode == WriteMode.Create && found is not null)
            return FileSystemException.AlreadyExists(path, fault.Error);
        // A lost attempt may have landed and been replaced or removed since, or may land yet.
        if (anyLost)
            return FileSystemException.OutcomeUnknown(path, fault.Error);
        if (mode.ExpectedETag is { } expected && found?.ETag != expected)
            return FileSystemException.PreconditionFailed(path, expected, fault.Error);
        if (fault.Kind == PublishFaultKind.Refused)
            return fault.Error;
        return new(FileSystemErrorCode.Conflict, $"The commit of '{path}' met another writer's; nothing was published. Write it again.", path, fault.Error)
        {
            RequestId = fault.Error.RequestId,
        };
    }

    private async Task<PublishedFile?> LookUpAsync(Publication publication, CancellationToken cancellationToken)
    {
        using var grace = new GracePeriod(_retries).Start(_retries.Options.Budget, cancellationToken);
        return await _retries.RunAsync(
            static (publication, cancellationToken) => publication.LookUpAsync(cancellationToken),
            publication,
            e => TransportErrors.Unavailable(publication.Path, "the store", e),
            grace.Token).ConfigureAwait(false);
    }

    private GracePeriod Rent() => Interlocked.Exchange(ref _spare, null) ?? new(_retries);

    private void Return(GracePeriod grace)
    {
        var surplus = grace.TryReset() ? Interlocked.Exchange(ref _spare, grace) : grace;
        surplus?.Dispose();
    }
}
