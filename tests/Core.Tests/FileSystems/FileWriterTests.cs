using Cairn.FileSystems;
using Cairn.FileSystems.Layers;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.FileSystems;

/// <summary>The states of a writer, which its base keeps for every store: what a provider's steps are called for, and what is never done.</summary>
public sealed class FileWriterTests
{
    private static readonly StoragePath Path = StoragePath.Parse("memory:/file");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_committed_writer_discards_nothing_and_is_released_once()
    {
        var writer = new Steps();
        await writer.Stream.WriteAsync(new byte[5], Token);
        Assert.Equal(5, (await writer.CommitAsync(Token)).Length);
        await writer.DisposeAsync();
        await writer.DisposeAsync();
        Assert.Equal(["append", "commit", "release"], writer.Log);
    }

    [Fact]
    public async Task A_writer_without_a_commit_discards_once_and_is_released_once()
    {
        var writer = new Steps();
        writer.Stream.Write(new byte[5]);
        await writer.DisposeAsync();
        await writer.DisposeAsync();
        Assert.Equal(["append", "discard", "release"], writer.Log);
    }

    [Theory]
    [InlineData(FileSystemErrorCode.AlreadyExists)]
    [InlineData(FileSystemErrorCode.PreconditionFailed)]
    [InlineData(FileSystemErrorCode.Conflict)]
    [InlineData(FileSystemErrorCode.Unavailable)]
    public async Task A_refused_commit_is_discarded_and_not_repeated(FileSystemErrorCode code)
    {
        var writer = new Steps { Commit = _ => throw new FileSystemException(code, "refused", Path) };
        Assert.Equal(code, (await Assert.ThrowsAsync<FileSystemException>(() => writer.CommitAsync(Token))).Code);
        var again = await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(Token));
        Assert.Contains("Refused", again.Message, StringComparison.Ordinal);
        await writer.DisposeAsync();
        Assert.Equal(["commit", "discard", "release"], writer.Log);
    }

    [Fact]
    public async Task After_an_unknown_outcome_nothing_is_deleted_and_nothing_is_sent()
    {
        var writer = new Steps { Commit = _ => throw FileSystemException.OutcomeUnknown(Path) };
        await Assert.ThrowsAsync<FileSystemException>(() => writer.CommitAsync(Token));
        var again = await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(Token));
        Assert.Contains("Unknown", again.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.Stream.WriteAsync(new byte[1], Token).AsTask());
        await writer.DisposeAsync();
        Assert.Equal(["commit", "release"], writer.Log);
    }

    [Fact]
    public async Task A_commit_that_is_cancelled_before_leaves_the_writer_open()
    {
        var writer = new Steps();
        await Assert.ThrowsAsync<OperationCanceledException>(() => writer.CommitAsync(new CancellationToken(canceled: true)));
        await writer.CommitAsync(Token);
        await writer.DisposeAsync();
        Assert.Equal(["commit", "release"], writer.Log);
    }

    [Fact]
    public async Task A_commit_that_is_cancelled_inside_is_discarded()
    {
        using var cancelled = new CancellationTokenSource();
        var writer = new Steps
        {
            Commit = async token =>
            {
                await cancelled.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
        };
        await Assert.ThrowsAsync<OperationCanceledException>(() => writer.CommitAsync(cancelled.Token));
        await writer.DisposeAsync();
        Assert.Equal(["commit", "discard", "release"], writer.Log);
    }

    [Fact]
    public async Task A_file_with_a_failed_write_cannot_be_committed()
    {
        var writer = new Steps { AppendError = new IOException("broken") };
        await Assert.ThrowsAsync<IOException>(() => writer.Stream.WriteAsync(new byte[1], Token).AsTask());
        writer.AppendError = null;
        var commit = await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(Token));
        Assert.Equal("broken", commit.InnerException?.Message);
        Assert.Contains(Path.ToString(), commit.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.Stream.WriteAsync(new byte[1], Token).AsTask());
        Assert.Throws<InvalidOperationException>(() => writer.Stream.WriteByte(1));
        Assert.Equal(0, writer.Position);
        await writer.DisposeAsync();
        Assert.Equal(["append", "discard", "release"], writer.Log);
    }

    [Fact]
    public async Task A_failed_synchronous_write_breaks_the_file_as_well()
    {
        var writer = new Steps { AppendError = new IOException("broken") };
        Assert.Throws<IOException>(() => writer.Stream.Write(new byte[1], 0, 1));
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(Token));
    }

    [Fact]
    public async Task A_write_that_is_cancelled_before_it_began_breaks_nothing()
    {
        var writer = new Steps();
        await Assert.ThrowsAsync<OperationCanceledException>(() => writer.Stream.WriteAsync(new byte[1], new CancellationToken(canceled: true)).AsTask());
        await writer.Stream.WriteAsync(new byte[2], Token);
        Assert.Equal(2, (await writer.CommitAsync(Token)).Length);
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(TimeoutException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(UnauthorizedAccessException))]
    [InlineData(typeof(NotSupportedException))]
    [InlineData(typeof(AggregateException))]
    public async Task Disposal_never_throws_whatever_the_discard_does(Type failure)
    {
        var exception = failure == typeof(ObjectDisposedException) ? new ObjectDisposedException("client") : (Exception)Activator.CreateInstance(failure)!;
        var writer = new Steps { Discard = _ => Task.FromException(exception) };
        await writer.DisposeAsync();
        Assert.Equal(["discard", "release"], writer.Log);
    }

    [Fact]
    public async Task Disposal_takes_bounded_time_when_a_discard_hangs_and_heeds_no_token()
    {
        var time = new FakeTimeProvider();
        var writer = new Steps(time) { Discard = _ => new TaskCompletionSource().Task };
        var disposal = writer.DisposeAsync();
        Assert.False(disposal.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(1));
        await disposal.AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.Equal(["discard", "release"], writer.Log);
    }

    [Fact]
    public async Task Disposal_takes_bounded_time_when_a_discard_heeds_its_token()
    {
        var time = new FakeTimeProvider();
        var writer = new Steps(time) { Discard = token => Task.Delay(Timeout.Infinite, token) };
        var disposal = writer.DisposeAsync();
        time.Advance(TimeSpan.FromMinutes(1));
        await disposal.AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.Equal(["discard", "release"], writer.Log);
    }

    [Fact]
    public async Task A_commit_that_is_still_running_is_neither_repeated_nor_discarded()
    {
        var answer = new TaskCompletionSource();
        var writer = new Steps { Commit = _ => answer.Task };
        var commit = writer.CommitAsync(Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(Token));
        await writer.DisposeAsync();
        Assert.DoesNotContain("discard", writer.Log);
        answer.SetResult();
        Assert.Equal(Path, (await commit).Path);
    }

    [Fact]
    public async Task Disposing_the_stream_or_a_wrapper_has_no_effect_on_the_writer()
    {
        var writer = new Steps();
        await using (var text = new StreamWriter(writer.Stream))
            await text.WriteAsync("text".AsMemory(), Token);
        await writer.Stream.DisposeAsync();
        await writer.Stream.WriteAsync(new byte[1], Token);
        Assert.Equal(5, (await writer.CommitAsync(Token)).Length);
    }

    [Fact]
    public async Task A_wrapped_writer_goes_through_the_same_steps_as_a_bare_one()
    {
        Func<CancellationToken, Task>?[] commits =
        [
            null, _ => Task.CompletedTask, _ => throw FileSystemException.AlreadyExists(Path), _ => throw FileSystemException.OutcomeUnknown(Path),
        ];
        foreach (var commit in commits)
        {
            var logs = new List<string>();
            foreach (var wrap in new Func<FileWriter, FileWriter>[] { bare => bare, inner => new Wrapper(inner) })
            {
                var steps = new Steps { Commit = commit ?? (_ => Task.CompletedTask) };
                var writer = wrap(steps);
                await writer.Stream.WriteAsync(new byte[3], Token);
                var error = commit is null ? null : await Record.ExceptionAsync(() => writer.CommitAsync(Token));
                await writer.DisposeAsync();
                logs.Add($"{string.Join(' ', steps.Log)} {writer.Position} {error?.Message}");
            }
            Assert.Equal(logs[0], logs[1]);
        }
    }

    private sealed class Wrapper(FileWriter inner) : FileWriterLayer(inner);

    /// <summary>A provider's four steps, each as a test wants it.</summary>
    private sealed class Steps(TimeProvider? time = null) : FileWriter(FileWriterTests.Path, time)
    {
        public List<string> Log { get; } = [];

        public Exception? AppendError { get; set; }

        public Func<CancellationToken, Task> Commit { get; init; } = _ => Task.CompletedTask;

        public Func<CancellationToken, Task> Discard { get; init; } = _ => Task.CompletedTask;

        protected override void Append(ReadOnlySpan<byte> bytes)
        {
            Log.Add("append");
            if (AppendError is not null)
                throw AppendError;
        }

        protected override ValueTask AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            Append(bytes.Span);
            return ValueTask.CompletedTask;
        }

        protected override async Task<FileEntry> CommitCoreAsync(CancellationToken cancellationToken)
        {
            Log.Add("commit");
            await Commit(cancellationToken);
            return new FileEntry { Path = Path, Length = Position };
        }

        protected override async ValueTask DiscardAsync(CancellationToken cancellationToken)
        {
            Log.Add("discard");
            await Discard(cancellationToken);
        }

        protected override ValueTask ReleaseAsync()
        {
            Log.Add("release");
            return ValueTask.CompletedTask;
        }
    }
}
