using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;

namespace Cairn.Tests.FileSystems.Drivers;

public sealed class PartedFileWriterTests
{
    private const int Part = 10_000;

    private static readonly PartedWriteOptions Options = new() { PartSize = Part, Parallelism = 4, GrowParts = false };

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, "put")]
    [InlineData(1, "put")]
    [InlineData(Part, "put")]
    [InlineData(Part + 1, "begin, complete, part 0, part 1")]
    [InlineData(3 * Part, "begin, complete, part 0, part 1, part 2")]
    public async Task Up_to_one_part_is_one_put_and_more_is_an_upload(int length, string expected)
    {
        await using var writer = new ScriptedWriter(Options);
        await writer.Stream.WriteAsync(Bytes(length), Token);
        await writer.CommitAsync(Token);
        Assert.Equal(Bytes(length), writer.Published);
        Assert.Equal(expected, string.Join(", ", writer.Log.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(25_001)]
    public async Task The_bytes_are_the_same_however_they_come(int step)
    {
        var bytes = Bytes(123_457);
        await using var writer = new ScriptedWriter(Options);
        for (var i = 0; i < bytes.Length; i += step)
        {
            var count = Math.Min(step, bytes.Length - i);
            if (i / step % 2 == 0)
                writer.Stream.Write(bytes, i, count);
            else
                await writer.Stream.WriteAsync(bytes.AsMemory(i, count), Token);
        }
        await writer.CommitAsync(Token);
        Assert.Equal(bytes, writer.Published);
        Assert.Equal(Enumerable.Repeat(Part, 12).Append(3457), writer.PartLengths);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_writer_that_is_ahead_waits_when_its_budget_is_in_flight(bool synchronously)
    {
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var writer = new ScriptedWriter(Options) { Gate = (_, _) => open.Task };
        var bytes = Bytes(10 * Part);
        var written = synchronously
            ? Task.Factory.StartNew(() => writer.Stream.Write(bytes), Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : writer.Stream.WriteAsync(bytes, Token).AsTask();
        await Until(() => writer.Log.Count == 5);
        await Task.Delay(50, Token);
        Assert.False(written.IsCompleted);
        Assert.Equal(4, writer.MostInFlight);
        open.SetResult();
        await written.WaitAsync(Soon, Token);
        await writer.CommitAsync(Token);
        Assert.Equal(bytes, writer.Published);
        Assert.InRange(writer.MostInFlight, 1, 4);
    }

    [Fact]
    public async Task Parts_grow_inside_the_budget_while_fewer_are_in_flight()
    {
        var options = new PartedWriteOptions { PartSize = Part, Parallelism = 4, MaxParts = 9 };
        await using var writer = new ScriptedWriter(options);
        var bytes = Bytes(((3 * 1) + (3 * 2) + (3 * 4)) * Part);
        await writer.Stream.WriteAsync(bytes, Token);
        await writer.CommitAsync(Token);
        Assert.Equal([1, 1, 1, 2, 2, 2, 4, 4, 4], writer.PartLengths.Select(length => length / Part));
        Assert.Equal(bytes, writer.Published);
    }

    [Theory]
    [InlineData(true, 21)]
    [InlineData(false, 9)]
    public async Task One_byte_more_than_all_parts_hold_is_refused_and_names_the_hint(bool grow, int parts)
    {
        await using var writer = new ScriptedWriter(new PartedWriteOptions { PartSize = Part, Parallelism = 4, MaxParts = 9, GrowParts = grow });
        await writer.Stream.WriteAsync(Bytes(parts * Part), Token);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => writer.Stream.WriteAsync(new byte[1], Token).AsTask());
        Assert.Equal(FileSystemErrorCode.NotSupported, error.Code);
        Assert.Contains(nameof(WriteOptions.LengthHint), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_length_hint_makes_the_parts_long_enough()
    {
        var length = 20 * 1024 * 1024;
        await using var writer = new ScriptedWriter(Options with { MaxParts = 5 }, length);
        await writer.Stream.WriteAsync(Bytes(length), Token);
        await writer.CommitAsync(Token);
        Assert.Equal(Enumerable.Repeat(4 * 1024 * 1024, 5), writer.PartLengths);
    }

    [Fact]
    public async Task A_failed_part_fails_the_next_write_and_the_commit_with_its_error()
    {
        await using var writer = new ScriptedWriter(Options) { Gate = (index, _) => index == 1 ? throw Denied() : Task.CompletedTask };
        var error = await Assert.ThrowsAsync<FileSystemException>(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await writer.Stream.WriteAsync(Bytes(Part), Token);
                await Task.Delay(5, Token);
            }
        });
        Assert.Equal(FileSystemErrorCode.PermissionDenied, error.Code);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(Token));
        Assert.Null(writer.Published);
    }

    [Fact]
    public async Task A_part_that_fails_during_the_commit_is_the_commits_error_and_the_upload_is_aborted()
    {
        var writer = new ScriptedWriter(Options) { Gate = async (index, ct) => { await Task.Delay(30, ct); if (index == 2) throw Denied(); } };
        await writer.Stream.WriteAsync(Bytes((2 * Part) + 1), Token);
        var error = await Assert.ThrowsAsync<FileSystemException>(() => writer.CommitAsync(Token));
        Assert.Equal(FileSystemErrorCode.PermissionDenied, error.Code);
        await writer.DisposeAsync();
        Assert.Null(writer.Published);
        Assert.Contains("abort with 0 in flight", writer.Log);
    }

    [Fact]
    public async Task What_is_no_error_of_a_store_comes_out_of_the_commit_as_it_is()
    {
        var bug = new InvalidOperationException("a bug of the provider");
        var writer = new ScriptedWriter(Options) { Gate = (_, _) => Task.FromException(bug) };
        await writer.Stream.WriteAsync(Bytes(Part + 1), Token);
        Assert.Same(bug, await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(Token)));
        await writer.DisposeAsync();
        Assert.Null(writer.Published);
        Assert.StartsWith("abort", writer.Log.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_begin_is_the_error_and_there_is_nothing_to_abort()
    {
        var writer = new ScriptedWriter(Options) { BeginGate = () => Task.FromException(Denied()) };
        await writer.Stream.WriteAsync(Bytes(Part + 1), Token);
        Assert.Equal(FileSystemErrorCode.PermissionDenied, (await Assert.ThrowsAsync<FileSystemException>(() => writer.CommitAsync(Token))).Code);
        await writer.DisposeAsync();
        Assert.Equal(["begin"], writer.Log);
    }

    [Fact]
    public async Task A_discard_stops_the_parts_waits_for_them_and_aborts_twice_what_it_cut_off()
    {
        var writer = new ScriptedWriter(Options) { Gate = (_, ct) => Task.Delay(Timeout.Infinite, ct) };
        await writer.Stream.WriteAsync(Bytes((2 * Part) + 1), Token);
        await Until(() => writer.Log.Count == 3);
        await writer.DisposeAsync().AsTask().WaitAsync(Soon, Token);
        Assert.Equal(["abort with 0 in flight", "abort with 0 in flight"], writer.Log.TakeLast(2));
        Assert.Null(writer.Published);
    }

    [Fact]
    public async Task A_discard_of_finished_parts_aborts_once_and_of_nothing_never()
    {
        var writer = new ScriptedWriter(Options);
        await writer.Stream.WriteAsync(Bytes(Part + 1), Token);
        await Until(() => writer.PartLengths.Count == 1);
        await Task.Delay(20, Token);
        await writer.DisposeAsync();
        Assert.Equal(["begin", "part 0", "abort with 0 in flight"], writer.Log);
        var small = new ScriptedWriter(Options);
        await small.Stream.WriteAsync(Bytes(10), Token);
        await small.DisposeAsync();
        Assert.Empty(small.Log);
    }

    [Fact]
    public async Task A_commit_that_is_cancelled_while_parts_are_in_flight_publishes_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        var writer = new ScriptedWriter(Options) { Gate = (_, ct) => Task.Delay(Timeout.Infinite, ct) };
        await writer.Stream.WriteAsync(Bytes(Part + 1), Token);
        var commit = writer.CommitAsync(cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => commit).WaitAsync(Soon, Token);
        await writer.DisposeAsync();
        Assert.Null(writer.Published);
        Assert.DoesNotContain("complete", writer.Log);
    }

    [Fact]
    public async Task A_small_file_takes_a_small_buffer_and_not_a_part()
    {
        var options = new PartedWriteOptions();
        await WriteSmallAsync(options);
        var before = GC.GetAllocatedBytesForCurrentThread();
        await WriteSmallAsync(options);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 32 * 1024);
    }

    private static async Task WriteSmallAsync(PartedWriteOptions options)
    {
        await using var writer = new ScriptedWriter(options);
        writer.Stream.Write(new byte[1024]);
        await writer.CommitAsync(Token);
    }

    private static FileSystemException Denied() => new(FileSystemErrorCode.PermissionDenied, "no");

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static async Task Until(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow + Soon;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "it did not come about in time");
            await Task.Delay(5, Token);
        }
    }
}
