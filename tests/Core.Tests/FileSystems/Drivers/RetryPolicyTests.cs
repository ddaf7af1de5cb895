using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Tests.FileSystems.Drivers;

public sealed class RetryPolicyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(FileSystemErrorCode.Unavailable, 4)]
    [InlineData(FileSystemErrorCode.Throttled, 4)]
    [InlineData(FileSystemErrorCode.PermissionDenied, 1)]
    [InlineData(FileSystemErrorCode.NotFound, 1)]
    public async Task Only_what_may_pass_is_repeated_and_as_often_as_said(FileSystemErrorCode code, int expected)
    {
        var requests = 0;
        var policy = new RetryPolicy(new RetryOptions { Attempts = 4, FirstDelay = TimeSpan.Zero });
        var error = await Assert.ThrowsAsync<FileSystemException>(() => RunAsync(policy, () => { requests++; throw new FileSystemException(code, "no"); }));
        Assert.Equal((code, expected), (error.Code, requests));
    }

    [Fact]
    public async Task Waits_double_up_to_the_longest_and_never_exceed_it()
    {
        var time = new FakeTimeProvider();
        var options = new RetryOptions { Attempts = 6, FirstDelay = TimeSpan.FromSeconds(1), LongestDelay = TimeSpan.FromSeconds(3), Budget = TimeSpan.FromHours(1) };
        var policy = new RetryPolicy(options, time, new AlwaysMost());
        var at = new List<double>();
        var started = time.GetTimestamp();
        var run = RunAsync(policy, () => { at.Add(Math.Round(time.GetElapsedTime(started).TotalSeconds, 1)); throw Away(); });
        while (!run.IsCompleted)
            time.Advance(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAsync<FileSystemException>(() => run);
        Assert.Equal([0, 1, 3, 6, 9, 12], at);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_given_up_and_one_that_carries_bytes_may_take_longer()
    {
        var time = new FakeTimeProvider();
        var options = new RetryOptions { Attempts = 2, FirstDelay = TimeSpan.Zero, AttemptTimeout = TimeSpan.FromSeconds(10), SlowestTransfer = 100 };
        foreach (var (bytes, seconds) in new[] { (0L, 20), (500L, 30) })
        {
            var started = time.GetTimestamp();
            var run = new RetryPolicy(options, time).RunAsync<object?, int>(
                static async (_, cancellationToken) => { await Task.Delay(Timeout.Infinite, cancellationToken); return 0; }, null, _ => Away(), Token, bytes);
            while (!run.IsCompleted)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Delay(5, Token);
            }
            Assert.Equal(FileSystemErrorCode.Unavailable, (await Assert.ThrowsAsync<FileSystemException>(() => run)).Code);
            Assert.InRange(time.GetElapsedTime(started).TotalSeconds, seconds, seconds + 15);
        }
    }

    [Fact]
    public async Task The_budget_ends_what_the_attempts_would_not()
    {
        var time = new FakeTimeProvider();
        var policy = new RetryPolicy(new RetryOptions { Attempts = 100, FirstDelay = TimeSpan.Zero, Budget = TimeSpan.FromSeconds(10) }, time);
        var requests = 0;
        await Assert.ThrowsAsync<FileSystemException>(() => RunAsync(policy, () => { requests++; time.Advance(TimeSpan.FromSeconds(4)); throw Away(); }));
        Assert.Equal(3, requests);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait()
    {
        using var cancelled = new CancellationTokenSource();
        var policy = new RetryPolicy(new RetryOptions { FirstDelay = TimeSpan.FromHours(1), LongestDelay = TimeSpan.FromHours(1) }, random: new AlwaysMost());
        var run = policy.RunAsync<int, int>((_, _) => throw Away(), 0, e => throw e, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    /// <summary>.NET's HTTP client ends a request that is cancelled in whatever its parser runs into, and some SDKs pass it on.</summary>
    [Fact]
    public async Task What_a_request_that_was_cancelled_ran_into_is_a_cancellation()
    {
        using var cancelled = new CancellationTokenSource();
        var run = new RetryPolicy().RunAsync<int, int>(
            async (_, _) =>
            {
                await cancelled.CancelAsync();
                throw new InvalidOperationException("torn down");
            },
            0,
            e => new(FileSystemErrorCode.Unknown, "failed", null, e),
            cancelled.Token);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal((cancelled.Token, "torn down"), (error.CancellationToken, error.InnerException?.Message));
    }

    private static Task<int> RunAsync(RetryPolicy policy, Func<int> request) =>
        policy.RunAsync(static (request, _) => Task.FromResult(request()), request, e => throw e, Token);

    private static FileSystemException Away() => new(FileSystemErrorCode.Unavailable, "away");

    private sealed class AlwaysMost : Random
    {
        public override double NextDouble() => 1;
    }
}
