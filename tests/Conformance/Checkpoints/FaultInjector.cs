using Cairn.FileSystems;

namespace Cairn.Conformance.Checkpoints;

/// <summary>
/// Counts the requests of one process and lets one of them go wrong. A request is a look-up, a listing, an open for reading, the commit of a writer,
/// a copy, a directory where they are real, and each path of a delete: a batch may end half done. Thread safe.
/// </summary>
/// <param name="fault">What goes wrong.</param>
/// <param name="at">Which request, counted from 1; <see cref="int.MaxValue"/> for none.</param>
public sealed class FaultInjector(RequestFault fault, int at) : RequestGate, IDisposable
{
    private CancellationTokenSource _cancellation = new();
    private int _requests;

    /// <summary>How many requests there were.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Whether the fault has happened.</summary>
    public bool HasHappened => Requests >= at;

    /// <summary>What the process is to be cancelled by; a fresh one after a fault has cancelled it.</summary>
    public CancellationToken Token
    {
        get
        {
            if (_cancellation.IsCancellationRequested)
                _cancellation = new();
            return _cancellation.Token;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _cancellation.Dispose();

    /// <inheritdoc/>
    protected internal override async Task<T> PassAsync<T>(StoragePath path, bool publishes, Func<Task<T>> request)
    {
        var number = Interlocked.Increment(ref _requests);
        if (number > at && fault == RequestFault.StoppedAfter)
            throw Unavailable(path);
        return number == at ? await FailAsync(path, publishes, request) : await request();
    }

    private async Task<T> FailAsync<T>(StoragePath path, bool publishes, Func<Task<T>> request)
    {
        switch (fault)
        {
            case RequestFault.NeverSent:
                throw Unavailable(path);
            case RequestFault.CancelledBefore:
                await _cancellation.CancelAsync();
                return await request();
            case RequestFault.CancelledInFlight:
                var running = request();
                await _cancellation.CancelAsync();
                return await running;
            default:
                await LoseAsync(request);
                throw publishes ? FileSystemException.OutcomeUnknown(path) : Unavailable(path);
        }
    }

    /// <summary>Whatever the answer is, nobody hears of it.</summary>
    private static async Task LoseAsync<T>(Func<Task<T>> request)
    {
        try
        {
            await request();
        }
        catch (FileSystemException)
        {
            // A refusal is lost as well.
        }
    }

    private static FileSystemException Unavailable(StoragePath path) =>
        new(FileSystemErrorCode.Unavailable, $"The store cannot be reached for '{path}' (injected by a test).", path);
}
