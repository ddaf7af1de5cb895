using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.FileSystems.Drivers;

public sealed class ResumingReadStreamTests
{
    private static readonly StoragePath Path = StoragePath.Parse("test://store/file");

    private static readonly RetryPolicy Retries = new(new RetryOptions { Attempts = 3, FirstDelay = TimeSpan.FromMilliseconds(1) }, random: new Random(1));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Drops_in_any_place_cost_a_request_and_no_byte(bool synchronously, bool throwsAtOnce)
    {
        var source = new Source(1000) { BodyLimits = { 100, 0, 250, 1 }, ThrowsAtOnce = throwsAtOnce };
        await using var stream = await ResumingReadStream.OpenAsync(source, Retries, Path, new() { Offset = 10, Length = 900 }, Token);
        Assert.Equal(source.Bytes[10..910], synchronously ? ReadAll(stream) : await ReadAllAsync(stream));
        Assert.Equal(["10+900 any", "110+800 v1", "110+800 v1", "360+550 v1", "361+549 v1"], source.Requests);
        Assert.Equal(source.Opened, source.Closed + 1);
        await stream.DisposeAsync();
        Assert.Equal(source.Opened, source.Closed);
    }

    /// <summary>The last one with an error, or silently.</summary>
    [Theory]
    [InlineData(100, 0)]
    [InlineData(50, 50)]
    public async Task Drops_without_progress_end_as_unavailable(int first, int second)
    {
        var source = new Source(1000) { BodyLimits = { first, second, 0, 0, 0, 0, 0 } };
        await using var stream = await ResumingReadStream.OpenAsync(source, Retries, Path, new(), Token);
        await stream.ReadExactlyAsync(new byte[100], Token);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => stream.ReadExactlyAsync(new byte[1], Token).AsTask());
        Assert.Equal(FileSystemErrorCode.Unavailable, error.Code);
        Assert.True(error.IsTransient);
    }

    [Theory]
    [InlineData(FileSystemErrorCode.PreconditionFailed)]
    [InlineData(FileSystemErrorCode.NotFound)]
    public async Task Another_version_in_its_place_is_a_changed_file(FileSystemErrorCode answer)
    {
        var source = new Source(1000) { BodyLimits = { 100 } };
        await using var stream = await ResumingReadStream.OpenAsync(source, Retries, Path, new(), Token);
        source.Answer = answer;
        await stream.ReadExactlyAsync(new byte[100], Token);
        await Assert.ThrowsAsync<FileChangedException>(() => stream.ReadExactlyAsync(new byte[1], Token).AsTask());
    }

    [Fact]
    public async Task A_file_that_ends_before_where_it_is_resumed_has_changed()
    {
        var source = new Source(1000) { BodyLimits = { 100 } };
        await using var stream = await ResumingReadStream.OpenAsync(source, Retries, Path, new(), Token);
        source.IsEmptyAtFirst = true;
        await stream.ReadExactlyAsync(new byte[100], Token);
        await Assert.ThrowsAsync<FileChangedException>(() => stream.ReadExactlyAsync(new byte[1], Token).AsTask());
        Assert.Equal(source.Opened, source.Closed);
    }

    [Fact]
    public async Task Another_range_than_was_asked_for_is_corrupt_and_no_byte_of_it_is_handed_out()
    {
        var source = new Source(1000) { BodyLimits = { 100 } };
        await using var stream = await ResumingReadStream.OpenAsync(source, Retries, Path, new(), Token);
        source.Shift = 1;
        await stream.ReadExactlyAsync(new byte[100], Token);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => stream.ReadAsync(new byte[10], Token).AsTask());
        Assert.Equal(FileSystemErrorCode.Corrupt, error.Code);
        Assert.Equal(source.Opened, source.Closed);
    }

    [Fact]
    public async Task A_range_without_bytes_is_looked_up_and_reads_as_nothing()
    {
        var source = new Source(10);
        foreach (var options in new ReadOptions[] { new() { Offset = 10 }, new() { Offset = 3, Length = 0 }, new() { Offset = 99, Length = 5 } })
        {
            await using var stream = await ResumingReadStream.OpenAsync(source, Retries, Path, options, Token);
            Assert.Equal(0, await stream.ReadAsync(new byte[1], Token));
            Assert.Equal(10, stream.Entry.Length);
        }
    }

    [Fact]
    public async Task A_range_without_bytes_of_another_version_or_of_a_file_that_has_grown_is_an_error()
    {
        var source = new Source(10);
        var changed = await Assert.ThrowsAsync<FileSystemException>(() => ResumingReadStream.OpenAsync(source, Retries, Path, new() { Offset = 10, IfMatch = "v2" }, Token));
        Assert.Equal(FileSystemErrorCode.PreconditionFailed, changed.Code);
        source.IsEmptyAtFirst = true;
        var grown = await Assert.ThrowsAsync<FileSystemException>(() => ResumingReadStream.OpenAsync(source, Retries, Path, new() { Offset = 5 }, Token));
        Assert.Equal(FileSystemErrorCode.Conflict, grown.Code);
    }

    [Fact]
    public async Task A_read_that_is_cancelled_is_cancelled_and_not_a_drop()
    {
        var source = new Source(1000);
        await using var stream = await ResumingReadStream.OpenAsync(source, Retries, Path, new(), Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.ReadAsync(new byte[1], new CancellationToken(canceled: true)).AsTask());
        Assert.Single(source.Requests);
    }

    [Fact]
    public async Task What_a_read_that_was_cancelled_ran_into_is_a_cancellation()
    {
        using var cancelled = new CancellationTokenSource();
        var source = new Source(1000) { StandStillAt = 300, IsTornDown = true };
        await using var stream = await ResumingReadStream.OpenAsync(source, Retries, Path, new(), Token);
        await stream.ReadExactlyAsync(new byte[300], Token);
        var read = stream.ReadAsync(new byte[1], cancelled.Token).AsTask();
        await source.StandsStill.Task.WaitAsync(Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
        Assert.Single(source.Requests);
    }

    [Fact]
    public async Task Reading_allocates_nothing_of_its_own()
    {
        var source = new Source(100_000);
        await using var stream = await ResumingReadStream.OpenAsync(source, Retries, Path, new(), Token);
        var buffer = new byte[10];
        for (var i = 0; i < 100; i++)
            await stream.ReadExactlyAsync(buffer, Token);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            _ = await stream.ReadAsync(buffer, Token);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Fact]
    public async Task A_body_that_stands_still_is_given_up_and_resumed()
    {
        var time = new FakeTimeProvider();
        var retries = new RetryPolicy(new RetryOptions { AttemptTimeout = TimeSpan.FromSeconds(7), FirstDelay = TimeSpan.Zero }, time);
        var source = new Source(1000) { StandStillAt = 300 };
        await using var stream = await ResumingReadStream.OpenAsync(source, retries, Path, new(), Token);
        var reading = ReadAllAsync(stream);
        await source.StandsStill.Task.WaitAsync(Token);
        while (!reading.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Token);
        }
        Assert.Equal(source.Bytes, await reading);
        Assert.Equal(["0+end any", "300+700 v1"], source.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_whole_file_is_compared_with_its_checksum_before_its_last_byte_is_handed_out(bool answerTellsIt)
    {
        var source = new Source(1000) { BodyLimits = { 100, 0, 250 } };
        source.Checksum = Crc32C.Append(0, source.Bytes);
        source.AnswerTellsChecksum = answerTellsIt;
        await using (var right = await ResumingReadStream.OpenAsync(source, Retries, Path, new(), Token))
            Assert.Equal(source.Bytes, await ReadAllAsync(right));
        source.Checksum ^= 1;
        await using var wrong = await ResumingReadStream.OpenAsync(source, Retries, Path, new(), Token);
        await wrong.ReadExactlyAsync(new byte[999], Token);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => wrong.ReadAsync(new byte[1], Token).AsTask());
        Assert.Equal(FileSystemErrorCode.Corrupt, error.Code);
        await using var part = await ResumingReadStream.OpenAsync(source, Retries, Path, new() { Offset = 1 }, Token);
        Assert.Equal(source.Bytes[1..], await ReadAllAsync(part));
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy, 64);
        return copy.ToArray();
    }

    private static async Task<byte[]> ReadAllAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, 64, Token);
        return copy.ToArray();
    }

    /// <summary>One file in memory, whose bodies end after as many bytes as the test says.</summary>
    private sealed class Source(int length) : IRangeSource
    {
        public byte[] Bytes { get; } = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

        /// <summary>After how many bytes each body ends, in order; every other one with an error, every other one silently.</summary>
        public List<int> BodyLimits { get; } = [];

        public List<string> Requests { get; } = [];

        public FileSystemErrorCode? Answer { get; set; }

        public int Shift { get; set; }

        /// <summary>Its bytes came after it was opened.</summary>
        public bool IsEmptyAtFirst { get; set; }

        /// <summary>The first body that gets here gives no byte more and says nothing.</summary>
        public int? StandStillAt { get; init; }

        public TaskCompletionSource StandsStill { get; } = new();

        /// <summary>A read that stands still and is cancelled ends in something else.</summary>
        public bool IsTornDown { get; init; }

        /// <summary>A body that drops throws out of the call, instead of out of its task.</summary>
        public bool ThrowsAtOnce { get; init; }

        public uint? Checksum { get; set; }

        public bool AnswerTellsChecksum { get; set; }

        public bool ComparesChecksums => Checksum is not null;

        public int Opened { get; private set; }

        public int Closed { get; private set; }

        private FileEntry Entry => new() { Path = Path, Length = Bytes.Length, ETag = "v1" };

        public Task<RangeResponse?> OpenRangeAsync(StoragePath path, long offset, long? length, string? etag, CancellationToken cancellationToken)
        {
            Requests.Add($"{offset}+{length?.ToString() ?? "end"} {etag ?? "any"}");
            if (Answer is { } code)
                throw new FileSystemException(code, "scripted", path);
            if (offset >= Bytes.Length || IsEmptyAtFirst)
                return Task.FromResult<RangeResponse?>(null);
            var count = (int)Math.Min(length ?? long.MaxValue, Bytes.Length - offset);
            var number = Opened++;
            var body = new Body(Bytes.AsMemory((int)offset, count), number < BodyLimits.Count ? BodyLimits[number] : int.MaxValue, number % 2 == 0)
            {
                StandStill = number == 0 && StandStillAt is { } at ? (at, StandsStill) : null,
                IsTornDown = IsTornDown,
                ThrowsAtOnce = ThrowsAtOnce,
            };
            return Task.FromResult<RangeResponse?>(new RangeResponse(Entry, offset + Shift, body, new Closing(this)) { Checksum = AnswerTellsChecksum ? Checksum : null });
        }

        public Task<FileEntry?> FindAsync(StoragePath path, CancellationToken cancellationToken) => Task.FromResult<FileEntry?>(Entry);

        public Task<uint?> FindChecksumAsync(FileEntry entry, CancellationToken cancellationToken) => Task.FromResult(Checksum);

        public FileSystemException Translate(StoragePath path, Exception exception) => TransportErrors.Unavailable(path, "the test", exception);

        private sealed class Closing(Source source) : IDisposable
        {
            public void Dispose() => source.Closed++;
        }
    }

    private sealed class Body(ReadOnlyMemory<byte> bytes, int limit, bool loudly) : MemoryStream(bytes.ToArray())
    {
        public (int At, TaskCompletionSource Reached)? StandStill { get; init; }

        public bool IsTornDown { get; init; }

        public bool ThrowsAtOnce { get; init; }

        public override int Read(Span<byte> buffer)
        {
            var left = (int)Math.Min(buffer.Length, limit - Position);
            if (left <= 0 && limit < bytes.Length)
                return loudly ? throw new IOException("cut") : 0;
            return base.Read(buffer[..left]);
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (StandStill is { } still && Position >= still.At)
            {
                still.Reached.TrySetResult();
                return StandStillAsync(cancellationToken);
            }
            try
            {
                return new(Read(StandStill is { } later ? buffer.Span[..(int)Math.Min(buffer.Length, later.At - Position)] : buffer.Span));
            }
            catch (IOException e) when (!ThrowsAtOnce)
            {
                return ValueTask.FromException<int>(e);
            }
        }

        private async ValueTask<int> StandStillAsync(CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(IsTornDown ? ConfigureAwaitOptions.SuppressThrowing : ConfigureAwaitOptions.None);
            throw new IOException("torn down");
        }
    }
}
