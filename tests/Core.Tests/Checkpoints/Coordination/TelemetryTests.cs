using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Cairn.Checkpoints;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.Checkpoints.Coordination;

/// <summary>What a host sees of checkpoints: metrics by job, and one trace for each with its uploads as children. The listeners hear the jobs of tests beside it, too.</summary>
public sealed class TelemetryTests : IDisposable
{
    private readonly MeterListener _meters = new();
    private readonly List<(string Name, double Value, Dictionary<string, object?> Tags)> _measured = [];
    private readonly string _job = JobId.FromName($"{Guid.NewGuid()}").ToString();

    public TelemetryTests()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == CairnTelemetry.Name && instrument.Name.StartsWith("cairn.checkpoint", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _meters.Start();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task A_completed_checkpoint_is_measured()
    {
        await using var job = new TestJob();
        var time = new FakeTimeProvider();
        await using var owner = await OpenAsync(job, time);
        await using (var checkpoint = owner.Begin())
        {
            await checkpoint.WriteTextAsync("counter", "0123456789");
            await checkpoint.WriteTextAsync("small", "012");
            time.Advance(TimeSpan.FromSeconds(3));
            await checkpoint.CompleteAsync(Token);
        }
        Assert.Equal(1, Single("cairn.checkpoint.completed"));
        Assert.Equal(3, Single("cairn.checkpoint.duration"));
        Assert.Equal(2, Single("cairn.checkpoint.files"));
        Assert.Equal(13, Single("cairn.checkpoint.size", "cairn.checkpoint.part", "files"));
        Assert.True(Single("cairn.checkpoint.size", "cairn.checkpoint.part", "metadata") > 100);
        Assert.Equal("checkpoint", Of("cairn.checkpoint.completed").Single().Tags["cairn.checkpoint.kind"]);
    }

    [Fact]
    public async Task Failures_are_counted_by_their_cause()
    {
        await using var job = new TestJob(inner => new Failing(inner));
        var time = new FakeTimeProvider();
        await using var owner = await OpenAsync(job, time);
        await owner.Begin().DisposeAsync();
        await using var expired = owner.Begin();
        time.Advance(TimeSpan.FromMinutes(10));
        await using var older = owner.Begin();
        await owner.CheckpointAsync("newer");
        await using (var refused = owner.Begin())
        {
            await refused.WriteTextAsync("fail", "x");
            await Assert.ThrowsAsync<FileSystemException>(() => refused.CompleteAsync(Token));
        }
        Assert.Equal(["Aborted", "Expired", "StoreFailed", "Subsumed"], Of("cairn.checkpoint.failed").Select(m => $"{m.Tags["error.type"]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Age_backlog_and_what_is_under_way_can_be_observed_as_long_as_the_job_is_open()
    {
        var failing = true;
        await using var job = new TestJob(inner => new Undeletable(inner, () => failing));
        var time = new FakeTimeProvider();
        var owner = await OpenAsync(job, time);
        await owner.CheckpointAsync("one");
        await owner.CheckpointAsync("two");
        time.Advance(TimeSpan.FromSeconds(42));
        await using var pending = owner.Begin();

        _meters.RecordObservableInstruments();

        Assert.Equal(42, Single("cairn.checkpoint.age"));
        Assert.Equal(1, Single("cairn.checkpoint.in_progress"));
        Assert.Equal(1, Single("cairn.checkpoint.discard.backlog"));
        Assert.Equal("PermissionDenied", Of("cairn.checkpoint.discard.failures").First().Tags["error.type"]);

        failing = false;
        await pending.WriteTextAsync("counter", "three");
        await pending.CompleteAsync(Token);
        Assert.Equal(2, Of("cairn.checkpoint.discarded").Sum(m => m.Value));
        await owner.DisposeAsync();
        lock (_measured)
            _measured.Clear();
        _meters.RecordObservableInstruments();
        Assert.Empty(Of("cairn.checkpoint.age"));
    }

    [Theory]
    [InlineData("Unavailable")]
    [InlineData("IOException")]
    public async Task A_discard_that_fails_as_a_whole_is_counted_by_its_cause(string cause)
    {
        Exception failure = cause == "IOException" ? new IOException("no") : new FileSystemException(FileSystemErrorCode.Unavailable, "not now");
        await using var job = new TestJob(inner => new Interrupted(inner, (operation, _) => operation == FileSystemOperation.Delete ? throw failure : Task.CompletedTask));
        await using var owner = await OpenAsync(job, new FakeTimeProvider());
        await owner.CheckpointAsync("one");
        await owner.CheckpointAsync("two");
        await owner.WaitForDiscardsAsync(Token);

        Assert.Equal(cause, Assert.Single(Of("cairn.checkpoint.discard.failures")).Tags["error.type"]);
        Assert.NotNull(await job.FileSystem.FindAsync(job.Root / _job / "chk-1" / "_metadata", cancellationToken: Token));
    }

    [Fact]
    public async Task A_checkpoint_is_one_trace_with_its_uploads_as_children()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CairnTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var job = new TestJob();
        await using var owner = await OpenAsync(job, new FakeTimeProvider());
        using var caller = new Activity("the caller's own").Start();

        await using (var checkpoint = owner.Begin())
        {
            Assert.Same(caller, Activity.Current);
            await Task.WhenAll(Enumerable.Range(0, 3).Select(i => checkpoint.WriteTextAsync(new OperatorSubtask("counter", i, 3), "state")));
            await checkpoint.CompleteAsync(Token);
            Assert.Same(caller, Activity.Current);
        }
        await owner.Begin().DisposeAsync();

        var traces = ended.Where(a => a.OperationName == "cairn.checkpoint" && (string?)a.GetTagItem("cairn.job.id") == _job).ToList();
        Assert.Equal(2, traces.Count);
        Assert.All(traces, trace => Assert.Equal(caller.SpanId, trace.ParentSpanId));
        Assert.Equal(1L, traces[0].GetTagItem("cairn.checkpoint.id"));
        Assert.Equal(3, traces[0].GetTagItem("cairn.checkpoint.files"));
        var children = ended.Where(a => a.ParentSpanId == traces[0].SpanId).Select(a => a.OperationName).Order(StringComparer.Ordinal);
        Assert.Equal(["cairn.fs.find", "cairn.fs.write", "cairn.fs.write", "cairn.fs.write", "cairn.fs.write"], children.Where(name => name is "cairn.fs.write" or "cairn.fs.find"));
        Assert.Equal((ActivityStatusCode.Error, "Aborted"), (traces[1].Status, traces[1].GetTagItem("error.type")));
    }

    private Task<CheckpointCoordinator> OpenAsync(TestJob job, TimeProvider time) => CheckpointCoordinator.OpenAsync(
        new FileSystemCheckpointStorage(job.FileSystems, JobId.Parse(_job), job.Root, inlineThreshold: 0), timeProvider: time, cancellationToken: Token);

    private double Single(string name, string? tag = null, string? value = null) => Assert.Single(Of(name), m => tag is null || $"{m.Tags[tag]}" == value).Value;

    private List<(string Name, double Value, Dictionary<string, object?> Tags)> Of(string name)
    {
        lock (_measured)
            return [.. _measured.Where(m => m.Name == name && $"{m.Tags["cairn.job.id"]}" == _job)];
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_measured)
            _measured.Add((instrument.Name, value, new Dictionary<string, object?>(tags.ToArray())));
    }

    private sealed class Undeletable(IFileSystem inner, Func<bool> isFailing) : FileSystemLayer(inner)
    {
        public override async Task<IReadOnlyList<DeleteResult>> DeleteAsync(IReadOnlyCollection<StoragePath> paths, CancellationToken cancellationToken = default) =>
            isFailing()
                ? [.. paths.Select(p => new DeleteResult(p, new FileSystemException(FileSystemErrorCode.PermissionDenied, "no", p)))]
                : await base.DeleteAsync(paths, cancellationToken);
    }

    /// <summary>Refuses every commit point after the first.</summary>
    private sealed class Failing(IFileSystem inner) : FileSystemLayer(inner)
    {
        private int _commits;

        public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
            path.Name == "_metadata" && ++_commits > 1
                ? throw new FileSystemException(FileSystemErrorCode.Unavailable, "not now", path)
                : await base.OpenWriteAsync(path, options, cancellationToken);
    }
}
