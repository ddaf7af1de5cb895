namespace Cairn.FileSystems.Layers;

/// <summary>
/// Counts open files against limits. First come, first served: a slot that comes free goes to the one that has waited longest among those who may have it,
/// and nobody who comes later can take it, as whoever still waits could not use it.
/// </summary>
internal sealed class ConcurrencyGate(ConcurrencyLimits limits, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private int _reading;
    private int _writing;

    /// <summary>A slot, given back by disposing it.</summary>
    public async ValueTask<IDisposable> EnterAsync(bool reading, StoragePath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<Waiter> waiter;
        lock (_lock)
        {
            if (TryTake(reading))
                return new Slot(this, reading);
            if (limits.WaitTimeout == TimeSpan.Zero)
                throw TimedOut(path);
            waiter = _waiting.AddLast(new Waiter(reading));
        }
        try
        {
            await waiter.Value.Granted.Task.WaitAsync(limits.WaitTimeout, time, cancellationToken).ConfigureAwait(false);
            return new Slot(this, reading);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            GiveUp(waiter);
            if (e is OperationCanceledException)
                throw;
            throw TimedOut(path);
        }
    }

    private void GiveUp(LinkedListNode<Waiter> waiter)
    {
        lock (_lock)
        {
            if (waiter.List is not null)
                _waiting.Remove(waiter);
            else
                Leave(waiter.Value.Reading); // granted in the same moment
        }
    }

    private void Leave(bool reading)
    {
        lock (_lock)
        {
            if (reading)
                _reading--;
            else
                _writing--;
            for (var node = _waiting.First; node is not null;)
            {
                var next = node.Next;
                if (TryTake(node.Value.Reading))
                {
                    _waiting.Remove(node);
                    node.Value.Granted.SetResult();
                }
                node = next;
            }
        }
    }

    private bool TryTake(bool reading)
    {
        if (_reading + _writing >= (limits.Total ?? int.MaxValue))
            return false;
        if (reading ? _reading >= (limits.Reading ?? int.MaxValue) : _writing >= (limits.Writing ?? int.MaxValue))
            return false;
        if (reading)
            _reading++;
        else
            _writing++;
        return true;
    }

    private FileSystemException TimedOut(StoragePath path)
    {
        int reading, writing;
        lock (_lock)
            (reading, writing) = (_reading, _writing);
        return new FileSystemException(
            FileSystemErrorCode.Throttled,
            $"Opening '{path}' waited {limits.WaitTimeout} for a free slot. Limits: {limits.Describe()}. Open: reading {reading}, writing {writing}.",
            path);
    }

    private sealed class Waiter(bool reading)
    {
        public bool Reading { get; } = reading;

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Slot(ConcurrencyGate gate, bool reading) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0)
                gate.Leave(reading);
        }
    }
}
