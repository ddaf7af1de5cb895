using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cairn.FileSystems.Layers;

/// <summary>
/// One operation under way: its activity, the time it has spent in the file system, its first failure. The activity is the current one only inside
/// the file system's own calls, so that an SDK's spans hang below it and the caller's do not. Used by one thread at a time, as what it measures is.
/// </summary>
internal sealed class Measurement
{
    private readonly StoragePath _path;
    private readonly TimeProvider _time;
    private readonly IOperationObserver[] _observers;
    private readonly Activity? _activity;
    private TimeSpan _spent;
    private Exception? _failure;
    private bool _ended;

    public Measurement(FileSystemOperation operation, StoragePath path, TimeProvider time, IOperationObserver[] observers)
    {
        (Operation, _path, _time, _observers) = (operation, path, time, observers);
        var caller = Activity.Current;
        _activity = CairnTelemetry.ActivitySource.StartActivity("cairn.fs." + FileSystemInstruments.NameOf(operation), ActivityKind.Client);
        _activity?.SetTag(FileSystemInstruments.SchemeTag, path.Scheme)
            .SetTag(FileSystemInstruments.OperationTag, FileSystemInstruments.NameOf(operation))
            .SetTag("cairn.fs.path", path.ToString());
        Activity.Current = caller;
    }

    public FileSystemOperation Operation { get; set; }

    public long Bytes { get; set; }

    public int Requests { get; set; } = 1;

    /// <summary>Measures until the result is disposed: one call into the file system.</summary>
    public Call Enter() => new(this);

    /// <summary>For exception filters: keeps the first failure and never catches.</summary>
    public bool Failed(Exception failure)
    {
        _failure ??= failure;
        return false;
    }

    /// <summary>Reports, the first time it is called.</summary>
    public void End()
    {
        if (_ended)
            return;
        _ended = true;
        var report = new OperationReport { Operation = Operation, Path = _path, Duration = _spent, Bytes = Bytes, Requests = Requests, Failure = _failure };
        EndActivity(report);
        foreach (var observer in _observers)
            observer.OnCompleted(report);
    }

    /// <summary>Stopping an activity makes the one before it current, which is the caller's business and may be long over; so that is undone.</summary>
    private void EndActivity(OperationReport report)
    {
        if (_activity is null)
            return;
        if (report.Bytes > 0)
            _activity.SetTag("cairn.fs.bytes", report.Bytes);
        if (report.ErrorType is { } error)
            _activity.SetTag(FileSystemInstruments.ErrorTag, error).SetStatus(ActivityStatusCode.Error, report.Failure!.Message);
        var current = Activity.Current;
        _activity.Stop();
        Activity.Current = current;
    }

    [StructLayout(LayoutKind.Auto)]
    public readonly struct Call : IDisposable
    {
        private readonly Measurement _measurement;
        private readonly Activity? _caller;
        private readonly long _start;

        public Call(Measurement measurement)
        {
            _measurement = measurement;
            _caller = Activity.Current;
            _start = measurement._time.GetTimestamp();
            if (measurement._activity is { } activity)
                Activity.Current = activity;
        }

        public void Dispose()
        {
            _measurement._spent += _measurement._time.GetElapsedTime(_start);
            if (_measurement._activity is not null)
                Activity.Current = _caller;
        }
    }
}
