using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Cairn.FileSystems.Layers;

/// <summary>The instruments of the file systems, named and tagged as OpenTelemetry's conventions have it.</summary>
internal sealed class FileSystemInstruments : IOperationObserver
{
    public const string SchemeTag = "cairn.fs.scheme";
    public const string OperationTag = "cairn.fs.operation";
    public const string ErrorTag = "error.type";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    };

    private readonly Counter<long> _operations;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _duration;

    public FileSystemInstruments(Meter meter)
    {
        _operations = meter.CreateCounter<long>("cairn.fs.operations", "{operation}", "Operations that ended; a failed one has its error code as error.type.");
        _requests = meter.CreateCounter<long>("cairn.fs.requests", "{request}", "Requests the operations come down to: pages of a listing, batches of a delete.");
        _bytes = meter.CreateCounter<long>("cairn.fs.io", "By", "Bytes read and written, by cairn.fs.io.direction.");
        _duration = meter.CreateHistogram("cairn.fs.operation.duration", "s", "Time spent in the file system for one operation.", tags: null, Seconds);
    }

    public static string NameOf(FileSystemOperation operation) => operation switch
    {
        FileSystemOperation.Find => "find",
        FileSystemOperation.Read => "read",
        FileSystemOperation.Write => "write",
        FileSystemOperation.Discard => "discard",
        FileSystemOperation.List => "list",
        FileSystemOperation.Delete => "delete",
        FileSystemOperation.Copy => "copy",
        FileSystemOperation.CreateDirectory => "create_directory",
        FileSystemOperation.Sweep => "sweep",
        _ => throw new UnreachableException($"{operation} has no name."),
    };

    public void OnCompleted(OperationReport report)
    {
        var tags = new TagList { { SchemeTag, report.Path.Scheme }, { OperationTag, NameOf(report.Operation) } };
        _requests.Add(report.Requests, tags);
        if (report.ErrorType is { } error)
            tags.Add(ErrorTag, error);
        _operations.Add(1, tags);
        _duration.Record(report.Duration.TotalSeconds, tags);
        if (report.Bytes > 0)
            _bytes.Add(report.Bytes, new TagList { { SchemeTag, report.Path.Scheme }, { "cairn.fs.io.direction", report.Operation == FileSystemOperation.Read ? "read" : "write" } });
    }
}
