using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Cairn.FileSystems.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.FileSystems.Layers;

public sealed class ConcurrencyLimitLayerTests
{
    private static readonly StoragePath Root = StoragePath.Parse("memory://limits/");
    private static readonly StoragePath File = Root / "file";

    private readonly MemoryStore _store = new();
    private readonly FakeTimeProvider _time = new();

    public ConcurrencyLimitLayerTests() => _store.Put("file", "content"u8, DateTimeOffset.UnixEpoch);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_read_counts_until_its_stream_is_disposed()
    {
        await using var limited = Limit(new() { Reading = 2 });
        var first = await limited.OpenReadAsync(File, cancellationToken: Token);
        await using var second = await limited.OpenReadAsync(File, cancellationToken: Token);
        var third = limited.OpenReadAsync(File, cancellationToken: Token);
        Assert.False(third.IsCompleted);
        await first.DisposeAsync();
        await first.DisposeAsync();
        await (await third).DisposeAsync();
        await using var fourth = await limited.OpenReadAsync(File, cancellationToken: Token);
    }

    [Fact]
    public async Task A_stream_that_is_disposed_synchronously_and_twice_gives_back_one_slot()
    {
        await using var limited = Limit(new() { Reading = 1, WaitTimeout = TimeSpan.Zero });
        var first = await limited.OpenReadAsync(File, cancellationToken: Token);
        await Task.Run(first.Dispose, Token);
        await first.DisposeAsync();
        await using var second = await limited.OpenReadAsync(File, cancellationToken: Token);
        await AssertFullAsync(() => limited.OpenReadAsync(File, cancellationToken: Token));
    }

    [Fact]
    public async Task A_write_counts_until_its_writer_is_disposed_committed_or_not()
    {
        await using var limited = Limit(new() { Writing = 1, WaitTimeout = TimeSpan.Zero });
        var writer = await limited.OpenWriteAsync(Root / "new", cancellationToken: Token);
        await writer.CommitAsync(Token);
        await AssertFullAsync(() => limited.OpenWriteAsync(Root / "other", cancellationToken: Token));
        await writer.DisposeAsync();
        await (await limited.OpenWriteAsync(Root / "other", cancellationToken: Token)).DisposeAsync();
        await (await limited.OpenWriteAsync(Root / "other", cancellationToken: Token)).DisposeAsync();
    }

    [Fact]
    public async Task The_total_limits_reading_and_writing_together()
    {
        await using var limited = Limit(new() { Total = 2, Reading = 2, Writing = 2, WaitTimeout = TimeSpan.Zero });
        await using var writer = await limited.OpenWriteAsync(Root / "new", cancellationToken: Token);
        await using var stream = await limited.OpenReadAsync(File, cancellationToken: Token);
        await AssertFullAsync(() => limited.OpenReadAsync(File, cancellationToken: Token));
        await AssertFullAsync(() => limited.OpenWriteAsync(Root / "other", cancellationToken: Token));
    }

    [Fact]
    public async Task Who_waits_for_one_kind_does_not_hold_up_the_other()
    {
        await using var limited = Limit(new() { Total = 3, Reading = 1 });
        var reading = await limited.OpenReadAsync(File, cancellationToken: Token);
        var waiting = limited.OpenReadAsync(File, cancellationToken: Token);
        await using var writer = await limited.OpenWriteAsync(Root / "new", cancellationToken: Token);
        Assert.False(waiting.IsCompleted);
        await reading.DisposeAsync();
        await (await waiting).DisposeAsync();
    }

    [Fact]
    public async Task Slots_go_to_those_who_have_waited_longest()
    {
        await using var limited = Limit(new() { Total = 1 });
        var open = await limited.OpenReadAsync(File, cancellationToken: Token);
        var waiting = Enumerable.Range(0, 5).Select(_ => limited.OpenReadAsync(File, cancellationToken: Token)).ToList();
        foreach (var next in waiting)
        {
            Assert.False(next.IsCompleted);
            await open.DisposeAsync();
            open = await next;
        }
        await open.DisposeAsync();
    }

    [Fact]
    public async Task Waiting_too_long_is_throttled_and_names_the_limits_and_what_is_open()
    {
        await using var limited = Limit(new() { Total = 3, Reading = 1, WaitTimeout = TimeSpan.FromSeconds(5) });
        await using var writer = await limited.OpenWriteAsync(Root / "new", cancellationToken: Token);
        var open = await limited.OpenReadAsync(File, cancellationToken: Token);
        var late = limited.OpenReadAsync(File, cancellationToken: Token);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(late.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));
        var error = await Assert.ThrowsAsync<FileSystemException>(() => late);
        Assert.Equal(FileSystemErrorCode.Throttled, error.Code);
        Assert.True(error.IsTransient);
        Assert.Equal(File, error.Path);
        Assert.Contains("total 3, reading 1, writing unlimited", error.Message, StringComparison.Ordinal);
        Assert.Contains("reading 1, writing 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("00:00:05", error.Message, StringComparison.Ordinal);
        await open.DisposeAsync();
        await (await limited.OpenReadAsync(File, cancellationToken: Token)).DisposeAsync();
    }

    [Fact]
    public async Task Who_stops_waiting_takes_no_slot()
    {
        await using var limited = Limit(new() { Reading = 1 });
        var open = await limited.OpenReadAsync(File, cancellationToken: Token);
        using var cancelled = new CancellationTokenSource();
        var waiting = limited.OpenReadAsync(File, cancellationToken: cancelled.Token);
        var next = limited.OpenReadAsync(File, cancellationToken: Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await open.DisposeAsync();
        await (await next).DisposeAsync();
    }

    [Fact]
    public async Task An_open_that_fails_gives_its_slot_back()
    {
        await using var limited = Limit(new() { Total = 1, WaitTimeout = TimeSpan.Zero });
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<FileSystemException>(() => limited.OpenReadAsync(Root / "absent", cancellationToken: Token));
            await Assert.ThrowsAsync<FileSystemException>(() => limited.OpenWriteAsync(Root, cancellationToken: Token));
        }
        await (await limited.OpenReadAsync(File, cancellationToken: Token)).DisposeAsync();
    }

    [Fact]
    public async Task No_more_than_the_limit_are_ever_open_and_none_is_lost_under_load()
    {
        var probe = new OpenCounter(new MemoryFileSystem(Root, _store));
        await using var limited = new ConcurrencyLimitLayer(probe, new() { Total = 4, Reading = 3, Writing = 2 });
        var random = new Random(7);
        var seeds = Enumerable.Range(0, 40).Select(_ => random.Next()).ToList();
        await Task.WhenAll(seeds.Select(seed => Task.Run(() => UseAsync(limited, new Random(seed)), Token)));
        Assert.InRange(probe.Most, 1, 4); // how many ran at once is up to the scheduler
        await using var last = new ConcurrencyLimitLayer(probe, new() { Total = 4 });
        Assert.Equal(0, probe.Open);
    }

    [Fact]
    public async Task Layers_show_what_they_wrap()
    {
        var inner = new MemoryFileSystem(Root, _store);
        foreach (var layer in new IFileSystem[] { new ConcurrencyLimitLayer(inner, new() { Total = 1 }), new TelemetryLayer(inner) })
        {
            Assert.Same(inner.Capabilities, layer.Capabilities);
            Assert.Same(inner.Root, layer.Root);
            await layer.DisposeAsync();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => inner.FindAsync(File, cancellationToken: Token));
        }
    }

    [Fact]
    public void Limits_that_allow_nothing_are_argument_errors()
    {
        foreach (var limits in new ConcurrencyLimits[] { new() { Total = 0 }, new() { Reading = -1 }, new() { Writing = 0 }, new() { WaitTimeout = TimeSpan.FromSeconds(-2) } })
            Assert.Throws<ArgumentOutOfRangeException>(() => Limit(limits));
    }

    [Fact]
    public async Task One_limit_alone_limits()
    {
        foreach (var limits in new ConcurrencyLimits[] { new() { Total = 1 }, new() { Reading = 1 }, new() { Writing = 1 } })
        {
            Assert.True(limits.IsLimited);
            await using var limited = Limit(limits with { WaitTimeout = TimeSpan.Zero });
            await using var stream = await limited.OpenReadAsync(File, cancellationToken: Token);
            Assert.Equal(limits.Writing is null, await IsFullAsync(() => limited.OpenReadAsync(File, cancellationToken: Token)));
            Assert.Equal(limits.Total is not null, await IsFullAsync(() => limited.OpenWriteAsync(Root / "new", cancellationToken: Token)));
        }
        Assert.False(new ConcurrencyLimits().IsLimited);
    }

    [Fact]
    public async Task A_slot_that_is_given_back_twice_is_one_slot()
    {
        var gate = new ConcurrencyGate(new() { Reading = 1, WaitTimeout = TimeSpan.Zero }, _time);
        var slot = await gate.EnterAsync(reading: true, File, Token);
        slot.Dispose();
        slot.Dispose();
        using var next = await gate.EnterAsync(reading: true, File, Token);
        await AssertFullAsync(() => gate.EnterAsync(reading: true, File, Token).AsTask());
    }

    private static async Task UseAsync(ConcurrencyLimitLayer fileSystem, Random random)
    {
        for (var i = 0; i < 25; i++)
        {
            using var impatient = new CancellationTokenSource();
            var cancels = random.Next(4) == 0;
            if (cancels)
                impatient.CancelAfter(TimeSpan.FromMilliseconds(random.Next(3)));
            try
            {
                await using IAsyncDisposable open = random.Next(2) == 0
                    ? await fileSystem.OpenReadAsync(File, cancellationToken: impatient.Token)
                    : await fileSystem.OpenWriteAsync(Root / $"{random.Next()}", cancellationToken: impatient.Token);
                await Task.Yield();
            }
            catch (OperationCanceledException) when (cancels)
            {
            }
        }
    }

    private static async Task AssertFullAsync(Func<Task> open) =>
        Assert.Equal(FileSystemErrorCode.Throttled, (await Assert.ThrowsAsync<FileSystemException>(open)).Code);

    private static async Task<bool> IsFullAsync<T>(Func<Task<T>> open)
        where T : IAsyncDisposable
    {
        try
        {
            await (await open()).DisposeAsync();
            return false;
        }
        catch (FileSystemException e) when (e.Code == FileSystemErrorCode.Throttled)
        {
            return true;
        }
    }

    private ConcurrencyLimitLayer Limit(ConcurrencyLimits limits) => new(new MemoryFileSystem(Root, _store), limits, _time);

    /// <summary>Counts what is open below the limit.</summary>
    private sealed class OpenCounter(IFileSystem inner) : FileSystemLayer(inner)
    {
        private readonly Lock _lock = new();

        public int Open { get; private set; }

        public int Most { get; private set; }

        public override async Task<FileReadStream> OpenReadAsync(StoragePath path, ReadOptions? options = null, CancellationToken cancellationToken = default) =>
            new Stream(await base.OpenReadAsync(path, options, cancellationToken), Change(1));

        public override async Task<FileWriter> OpenWriteAsync(StoragePath path, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
            new Writer(await base.OpenWriteAsync(path, options, cancellationToken), Change(1));

        private OpenCounter Change(int by)
        {
            lock (_lock)
            {
                Open += by;
                Most = Math.Max(Most, Open);
            }
            return this;
        }

        private sealed class Stream(FileReadStream inner, OpenCounter counter) : FileReadStreamLayer(inner)
        {
            protected override void OnDisposed() => counter.Change(-1);
        }

        private sealed class Writer(FileWriter inner, OpenCounter counter) : FileWriterLayer(inner)
        {
            protected override ValueTask ReleaseAsync()
            {
                counter.Change(-1);
                return base.ReleaseAsync();
            }
        }
    }
}
