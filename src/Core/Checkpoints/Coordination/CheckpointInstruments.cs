using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Cairn.FileSystems;

namespace Cairn.Checkpoints.Coordination;

/// <summary>The instruments of checkpoints, named and tagged as OpenTelemetry's conventions have it. All have the job's id as <c>cairn.job.id</c>.</summary>
internal static class CheckpointInstruments
{
    public const string JobTag = "cairn.job.id";
    public const string KindTag = "cairn.checkpoint.kind";
    public const string ErrorTag = "error.type";

    private static readonly InstrumentAdvice<double> Seconds = new()
    {
        HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
    };

    private static readonly InstrumentAdvice<long> Bytes = new()
    {
        HistogramBucketBoundaries = [1 << 10, 1 << 14, 1 << 17, 1 << 20, 1 << 23, 1 << 26, 1 << 29, 1L << 32, 1L << 35, 1L << 38],
    };

    // Weak, because a job that is dropped without being closed has nothing more to show.
    private static readonly ConditionalWeakTable<IObservedJob, string> Jobs = [];

    private static readonly Counter<long> CompletedCount = CairnTelemetry.Meter.CreateCounter<long>(
        "cairn.checkpoint.completed", "{checkpoint}", "Checkpoints that became durable, by cairn.checkpoint.kind.");

    private static readonly Counter<long> FailedCount = CairnTelemetry.Meter.CreateCounter<long>(
        "cairn.checkpoint.failed", "{checkpoint}", "Checkpoints that were begun and not completed, by their cause as error.type.");

    private static readonly Histogram<double> Duration = CairnTelemetry.Meter.CreateHistogram(
        "cairn.checkpoint.duration", "s", "From the beginning of a checkpoint until it was durable.", tags: null, Seconds);

    private static readonly Histogram<long> Size = CairnTelemetry.Meter.CreateHistogram(
        "cairn.checkpoint.size", "By", "Bytes of a completed checkpoint, by cairn.checkpoint.part: metadata, inline state included, or files.", tags: null, Bytes);

    private static readonly Histogram<long> Files = CairnTelemetry.Meter.CreateHistogram<long>(
        "cairn.checkpoint.files", "{file}", "State files of a completed checkpoint, those of earlier ones that it uses again included.");

    private static readonly Counter<long> DiscardedCount = CairnTelemetry.Meter.CreateCounter<long>(
        "cairn.checkpoint.discarded", "{checkpoint}", "Checkpoints that were discarded because newer ones took their place.");

    private static readonly Counter<long> DiscardFailures = CairnTelemetry.Meter.CreateCounter<long>(
        "cairn.checkpoint.discard.failures", "{failure}", "Discards that failed and are tried again after the next checkpoint, by error.type.");

    static CheckpointInstruments()
    {
        CairnTelemetry.Meter.CreateObservableGauge(
            "cairn.checkpoint.age", () => Observe(job => job.Age), "s", "Time since the last checkpoint was completed, or since the job was opened or restored without one.");
        CairnTelemetry.Meter.CreateObservableGauge(
            "cairn.checkpoint.in_progress", () => Observe(job => job.InProgress), "{checkpoint}", "Checkpoints under way.");
        CairnTelemetry.Meter.CreateObservableGauge(
            "cairn.checkpoint.discard.backlog", () => Observe(job => job.DiscardBacklog), "{checkpoint}", "Checkpoints that are kept no longer and still exist.");
    }

    /// <summary>A job that is looked at whenever somebody collects.</summary>
    public interface IObservedJob
    {
        double Age { get; }

        int InProgress { get; }

        int DiscardBacklog { get; }
    }

    public static void Opened(IObservedJob job, JobId id) => Jobs.Add(job, id.ToString());

    public static void Closed(IObservedJob job) => Jobs.Remove(job);

    public static string KindOf(bool isSavepoint) => isSavepoint ? "savepoint" : "checkpoint";

    public static void Completed(JobId job, CompletedCheckpoint checkpoint)
    {
        var tags = new TagList { { JobTag, job.ToString() }, { KindTag, KindOf(checkpoint.IsSavepoint) } };
        CompletedCount.Add(1, tags);
        Duration.Record(checkpoint.Duration.TotalSeconds, tags);
        Files.Record(checkpoint.StateFileCount, tags);
        tags.Add("cairn.checkpoint.part", "files");
        Size.Record(checkpoint.StateFileSize, tags);
        tags[^1] = new("cairn.checkpoint.part", "metadata");
        Size.Record(checkpoint.MetadataSize, tags);
    }

    public static void Failed(JobId job, bool isSavepoint, CheckpointFailureReason reason) =>
        FailedCount.Add(1, new TagList { { JobTag, job.ToString() }, { KindTag, KindOf(isSavepoint) }, { ErrorTag, reason.ToString() } });

    public static void Discarded(JobId job) => DiscardedCount.Add(1, new TagList { { JobTag, job.ToString() } });

    public static void DiscardFailed(JobId job, Exception failure) =>
        DiscardFailures.Add(1, new TagList { { JobTag, job.ToString() }, { ErrorTag, ErrorOf(failure) } });

    private static string ErrorOf(Exception failure) => failure switch
    {
        AggregateException { InnerException: FileSystemException first } => first.Code.ToString(),
        FileSystemException e => e.Code.ToString(),
        _ => failure.GetType().Name,
    };

    private static IEnumerable<Measurement<T>> Observe<T>(Func<IObservedJob, T> value)
        where T : struct
    {
        foreach (var (job, id) in Jobs)
            yield return new Measurement<T>(value(job), new KeyValuePair<string, object?>(JobTag, id));
    }
}
