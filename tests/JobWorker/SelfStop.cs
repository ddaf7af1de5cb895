using Cairn.FileSystems.Layers;

namespace Cairn.JobWorker;

/// <summary>Stops this process with SIGSTOP as soon as a given number of requests has been answered, before anybody sees the answer of the last.</summary>
internal sealed class SelfStop : IOperationObserver
{
    private int _left;

    /// <summary>Stops after so many requests from now; 0 never.</summary>
    public void Arm(int requests) => Volatile.Write(ref _left, requests);

    public void OnCompleted(OperationReport report)
    {
        if (Volatile.Read(ref _left) > 0 && Interlocked.Decrement(ref _left) == 0)
            Signals.Stop(Environment.ProcessId);
    }
}
