using Cairn.Conformance.Checkpoints;
using Cairn.FileSystems;

namespace Cairn.Tests.Checkpoints.Histories;

/// <summary>
/// What the requests of one process meet: an answer that is lost, a failure before anything happened, a stop of the process for a while, its end.
/// Each is armed for one request to come.
/// </summary>
internal sealed class ProcessGate : RequestGate
{
    private readonly Dictionary<int, Fault> _armed = [];
    private int _requests;
    private TaskCompletionSource? _held;
    private TaskCompletionSource _holding = new();
    private bool _isDead;

    private enum Fault
    {
        NeverSent,
        AnswerLost,
        UnknownAndNeverSent,
        Hold,
    }

    /// <summary>Whether a request stands still, and with it the process.</summary>
    public bool IsHeld => _held is not null;

    /// <summary>Whether the process ever stood still, so that others may have acted inside of one of its calls.</summary>
    public bool WasHeld { get; private set; }

    /// <summary>Ends when a request stands still.</summary>
    public Task Holding => _holding.Task;

    /// <summary>How many requests failed.</summary>
    public int Failures { get; private set; }

    public void FailIn(int requests, int how) => _armed[_requests + 1 + requests] = (Fault)(how % 3);

    public void HoldIn(int requests) => _armed[_requests + 1 + requests] = Fault.Hold;

    public void Disarm() => _armed.Clear();

    public void Resume()
    {
        var held = _held;
        _held = null;
        _holding = new TaskCompletionSource();
        held?.SetResult();
    }

    /// <summary>Nothing that the process does has an effect any more.</summary>
    public void Die()
    {
        _isDead = true;
        Resume();
    }

    protected override async Task<T> PassAsync<T>(StoragePath path, bool publishes, Func<Task<T>> request)
    {
        _requests++;
        var isArmed = _armed.Remove(_requests, out var fault);
        if (isArmed && fault == Fault.Hold && _held is null)
        {
            var held = _held = new TaskCompletionSource();
            WasHeld = true;
            _holding.SetResult(); // who waits for it may resume at once
            await held.Task;
        }
        if (_isDead)
            throw Unavailable(path);
        if (!isArmed || fault == Fault.Hold)
            return await request();
        Failures++;
        if (fault == Fault.AnswerLost)
            await LoseAsync(request);
        throw publishes && fault != Fault.NeverSent ? FileSystemException.OutcomeUnknown(path) : Unavailable(path);
    }

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

    private static FileSystemException Unavailable(StoragePath path) => new(FileSystemErrorCode.Unavailable, $"'{path}' cannot be reached (injected by a test).", path);
}
