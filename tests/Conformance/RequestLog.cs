using System.Collections.Concurrent;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;

namespace Cairn.Conformance;

/// <summary>
/// Counts what a file system is asked for, for tests that assert request counts: <c>var fileSystem = log.Watch(inner)</c>.
/// Pages of a listing and batches of a delete count one by one; a write counts when its commit ends, a discarded one as <see cref="FileSystemOperation.Discard"/>;
/// a read counts when its stream is disposed. Thread safe.
/// </summary>
public sealed class RequestLog : IOperationObserver
{
    private readonly ConcurrentQueue<OperationReport> _reports = new();

    /// <summary>Every operation that has ended, in that order.</summary>
    public IReadOnlyCollection<OperationReport> Reports => _reports;

    /// <summary>All requests but discards, which are none.</summary>
    public int Total => _reports.Where(report => report.Operation != FileSystemOperation.Discard).Sum(report => report.Requests);

    /// <summary>Wraps a file system so that it is counted here; several may share one log.</summary>
    public IFileSystem Watch(IFileSystem fileSystem) => new TelemetryLayer(fileSystem, this);

    /// <summary>How many requests of one verb there were.</summary>
    public int Count(FileSystemOperation operation) => _reports.Where(report => report.Operation == operation).Sum(report => report.Requests);

    /// <summary>Forgets what was counted.</summary>
    public void Clear() => _reports.Clear();

    /// <summary>As <c>1 write, 2 list</c>, for messages and for comparing all verbs at once; verbs without a request are left out, <c>none</c> without any.</summary>
    public override string ToString()
    {
        var counts = Enum.GetValues<FileSystemOperation>().Select(operation => (Name: operation, Count: Count(operation))).Where(verb => verb.Count > 0);
        var text = string.Join(", ", counts.Select(verb => $"{verb.Count} {verb.Name}"));
        return text.Length == 0 ? "none" : text;
    }

    void IOperationObserver.OnCompleted(OperationReport report) => _reports.Enqueue(report);
}
