using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.FileSystems.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.FileSystems.Layers;

public sealed class TelemetryLayerTests : IDisposable
{
    private static readonly StoragePath Root = StoragePath.Parse("memory://telemetry/");

    private readonly Meter _meter = new("test");
    private readonly Reports _reports = new();
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryStore _store = new();
    private readonly TelemetryLayer _measured;

    public TelemetryLayerTests() => _measured = new TelemetryLayer(new MemoryFileSystem(Root, _store), _reports, _meter, _time);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task Each_verb_is_reported_once_with_its_bytes_and_requests()
    {
        await _measured.WriteAllBytesAsync(Root / "a", new byte[10], cancellationToken: Token);
        await _measured.ReadAllBytesAsync(Root / "a", new() { Offset = 4 }, Token);
        await _measured.FindAsync(Root / "absent", cancellationToken: Token);
        await _measured.CopyAsync(Root / "a", Root / "b", cancellationToken: Token);
        await _measured.CreateDirectoryAsync(Root / "c", Token);
        await _measured.SweepAbandonedAsync(Root, cancellationToken: Token);
        await foreach (var _ in _measured.ListAsync(Root, new() { PageSize = 1 }, Token))
            await Task.Yield();
        await _measured.DeleteAsync([.. Enumerable.Range(0, 1001).Select(i => Root / $"{i}")], Token);
        await (await _measured.OpenWriteAsync(Root / "d", cancellationToken: Token)).DisposeAsync();

        Assert.Equal(
            ["Write /a 10 1", "Read /a 6 1", "Find /absent 0 1", "Copy /b 0 1", "CreateDirectory /c 0 0", "Sweep / 0 1", "List / 0 2", "Delete /0 0 2", "Discard /d 0 1"],
            _reports.Select(report => $"{report.Operation} {report.Path.Path} {report.Bytes} {report.Requests}"));
        Assert.All(_reports, report => Assert.Null(report.ErrorType));
    }

    [Fact]
    public async Task A_failure_is_reported_with_its_code_and_thrown_on()
    {
        await _measured.WriteAllBytesAsync(Root / "a", new byte[1], cancellationToken: Token);
        await Assert.ThrowsAsync<FileSystemException>(() => _measured.WriteAllBytesAsync(Root / "a", new byte[1], cancellationToken: Token));
        await Assert.ThrowsAsync<FileSystemException>(() => _measured.OpenReadAsync(Root / "absent", cancellationToken: Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _measured.FindAsync(Root / "a", cancellationToken: new CancellationToken(canceled: true)));
        await _measured.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _measured.FindAsync(Root / "a", cancellationToken: Token));
        Assert.Equal(
            ["Write ", "Write AlreadyExists", "Read NotFound", "Find Canceled", "Find ObjectDisposedException"],
            _reports.Select(report => $"{report.Operation} {report.ErrorType}"));
    }

    [Fact]
    public async Task What_fails_in_the_middle_of_a_file_is_reported_once()
    {
        await _measured.WriteAllBytesAsync(Root / "a", new byte[1], cancellationToken: Token);
        _reports.Clear();
        var failing = new TelemetryLayer(new Failing(new MemoryFileSystem(Root, _store)), _reports, _meter, _time);
        foreach (var synchronously in new[] { true, false })
        {
            await using (var stream = await failing.OpenReadAsync(Root / "a", cancellationToken: Token))
            {
                // The first failure is what is reported.
                await Assert.ThrowsAsync<FileSystemException>(async () => _ = synchronously ? stream.Read(new byte[1]) : await stream.ReadAsync(new byte[1], Token));
                await Assert.ThrowsAsync<FileSystemException>(async () => _ = synchronously ? await stream.ReadAsync(new byte[1], Token) : stream.Read(new byte[1]));
            }
            await using var writer = await failing.OpenWriteAsync(Root / "b", cancellationToken: Token);
            await Assert.ThrowsAsync<FileSystemException>(async () =>
            {
                if (synchronously)
                    writer.Stream.Write(new byte[1]);
                else
                    await writer.Stream.WriteAsync(new byte[1], Token);
            });
        }
        await Assert.ThrowsAsync<FileSystemException>(async () => await failing.ListAsync(Root, cancellationToken: Token).ToListAsync(Token));
        Assert.Equal(
            ["Read Unavailable", "Discard Unavailable", "Read Corrupt", "Discard Unavailable", "List Unavailable"],
            _reports.Select(report => $"{report.Operation} {report.ErrorType}"));
    }

    [Fact]
    public async Task An_argument_error_is_no_operation()
    {
        await Assert.ThrowsAsync<ArgumentNullException>(() => _measured.FindAsync(null!, cancellationToken: Token));
        Assert.Throws<ArgumentNullException>(() => _measured.ListAsync(null!, cancellationToken: Token));
        Assert.Empty(await _measured.DeleteAsync([], Token));
        Assert.Empty(_reports);
    }

    [Fact]
    public async Task The_time_is_what_the_file_system_took_and_not_the_caller()
    {
        var slow = new TelemetryLayer(new Slow(new MemoryFileSystem(Root, _store), _time), _reports, _meter, _time);
        await slow.WriteAllBytesAsync(Root / "a", new byte[1], cancellationToken: Token);
        await using (var stream = await slow.OpenReadAsync(Root / "a", cancellationToken: Token))
        {
            _time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(1, await stream.ReadAsync(new byte[1], Token));
        }
        Assert.Equal([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)], _reports.Select(report => report.Duration));
    }

    [Fact]
    public async Task The_instruments_have_the_names_units_and_tags_of_the_conventions()
    {
        var measured = new ConcurrentBag<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, me) => { if (instrument.Meter == _meter) me.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => measured.Add($"{instrument.Name} {instrument.Unit} {value} {Text(tags)}"));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => measured.Add($"{instrument.Name} {instrument.Unit} {value} {Text(tags)}"));
        listener.Start();

        await _measured.WriteAllBytesAsync(Root / "a", new byte[10], cancellationToken: Token);
        await _measured.ReadAllBytesAsync(Root / "a", cancellationToken: Token);
        await Assert.ThrowsAsync<FileSystemException>(() => _measured.WriteAllBytesAsync(Root / "a", new byte[5], cancellationToken: Token));

        Assert.Contains("cairn.fs.operations {operation} 1 cairn.fs.operation=write cairn.fs.scheme=memory", measured);
        Assert.Contains("cairn.fs.operations {operation} 1 cairn.fs.operation=write cairn.fs.scheme=memory error.type=AlreadyExists", measured);
        Assert.Contains("cairn.fs.requests {request} 1 cairn.fs.operation=read cairn.fs.scheme=memory", measured);
        Assert.Contains("cairn.fs.operation.duration s 0 cairn.fs.operation=read cairn.fs.scheme=memory", measured);
        Assert.Contains("cairn.fs.io By 10 cairn.fs.io.direction=write cairn.fs.scheme=memory", measured);
        Assert.Contains("cairn.fs.io By 10 cairn.fs.io.direction=read cairn.fs.scheme=memory", measured);
    }

    [Fact]
    public async Task One_activity_spans_each_operation_and_is_current_inside_it_only()
    {
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CairnTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var caller = new Activity("caller").Start();
        var seen = new List<string?>();
        await using var spied = new TelemetryLayer(new Spy(new MemoryFileSystem(Root, _store), seen));

        await spied.WriteAllBytesAsync(Root / "a", new byte[10], cancellationToken: Token);
        Assert.Same(caller, Activity.Current);
        var stream = await spied.OpenReadAsync(Root / "a", cancellationToken: Token);
        Assert.Same(caller, Activity.Current);
        using (var own = new Activity("own").Start())
        {
            Assert.Equal(10, stream.Read(new byte[20]));
            stream.Dispose();
            Assert.Same(own, Activity.Current);
        }
        await Assert.ThrowsAsync<FileSystemException>(() => spied.OpenReadAsync(Root / "absent", cancellationToken: Token));

        var mine = ended.Where(activity => activity.TraceId == caller.TraceId && activity.Source.Name == CairnTelemetry.Name).ToList();
        Assert.Equal(["cairn.fs.write", "cairn.fs.read", "cairn.fs.read"], mine.Select(activity => activity.OperationName));
        Assert.All(mine, activity => Assert.Equal(caller.SpanId, activity.ParentSpanId));
        Assert.Equal("memory://telemetry/a", mine[0].GetTagItem("cairn.fs.path"));
        Assert.Equal(10L, mine[1].GetTagItem("cairn.fs.bytes"));
        Assert.Equal(ActivityStatusCode.Error, mine[2].Status);
        Assert.Equal("NotFound", mine[2].GetTagItem("error.type"));
        Assert.Equal(["cairn.fs.write", "cairn.fs.read", "cairn.fs.read"], seen);
    }

    private static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal));

    private sealed class Reports : ConcurrentQueue<OperationReport>, IOperationObserver
    {
        public void OnCompleted(OperationReport report) => Enqueue(report);
    }

    /// <summary>Takes a second to open anything, and another to commit.</summary>
    private sealed class Slow(IFileSystem inner, FakeTimeProvider time) : FileSystemLayer(inner)
    {
        public override Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return base.OpenReadAsync(path, options, cancellationToken);
        }

        public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return new Writer(await base.OpenWriteAsync(path, options, cancellationToken), time);
        }

        private sealed class Writer(FileWriter inner, FakeTimeProvider time) : FileWriterLayer(inner)
        {
            protected override Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return base.CommitCoreAsync(cancellationToken);
            }
        }
    }

    /// <summary>Opens whatever it is asked to, and then nothing goes.</summary>
    private sealed class Failing(IFileSystem inner) : FileSystemLayer(inner)
    {
        public override async Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default) =>
            new Reader(await base.OpenReadAsync(path, options, cancellationToken));

        public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
            new Writer(await base.OpenWriteAsync(path, options, cancellationToken));

        public override async IAsyncEnumerable<FileEntry> ListAsync(
            StoragePath directory, ListOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            yield return directory.Path.Length > 0 ? throw Gone() : null!;
        }

        private static FileSystemException Gone() => new(FileSystemErrorCode.Unavailable, "gone");

        private sealed class Reader(FileReadStream inner) : FileReadStreamLayer(inner)
        {
            public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
                throw new FileSystemException(FileSystemErrorCode.Corrupt, "damaged");

            public override int Read(Span<byte> buffer) => throw Gone();

            protected override void OnDisposed()
            {
            }
        }

        private sealed class Writer(FileWriter inner) : FileWriterLayer(inner)
        {
            protected override void Append(ReadOnlySpan<byte> bytes) => throw Gone();

            protected override ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => throw Gone();
        }
    }

    /// <summary>Notes which activity is current when a file is opened.</summary>
    private sealed class Spy(IFileSystem inner, List<string?> seen) : FileSystemLayer(inner)
    {
        public override Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default)
        {
            seen.Add(Activity.Current?.OperationName);
            return base.OpenReadAsync(path, options, cancellationToken);
        }

        public override Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default)
        {
            seen.Add(Activity.Current?.OperationName);
            return base.OpenWriteAsync(path, options, cancellationToken);
        }
    }
}
