namespace Cairn.FileSystems.Drivers;

/// <summary>
/// Repeats requests that may be repeated, with exponential, fully jittered waits inside a budget. The SDKs' own retries are switched off
/// where Cairn makes the client, so that every attempt is one that it knows of. Thread safe.
/// </summary>
public sealed class RetryPolicy
{
    private readonly Random _random;
    private readonly Lock _gate = new();

    /// <summary>Makes one.</summary>
    /// <param name="options">How often and how long; the defaults when null.</param>
    /// <param name="timeProvider">The clock that waits are measured by.</param>
    /// <param name="random">Where the jitter comes from; used under a lock.</param>
    public RetryPolicy(RetryOptions? options = null, TimeProvider? timeProvider = null, Random? random = null)
    {
        Options = options ?? new();
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.Attempts, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(Options.SlowestTransfer, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Options.AttemptTimeout, TimeSpan.Zero, nameof(options));
        Time = timeProvider ?? TimeProvider.System;
        _random = random ?? new Random();
    }

    /// <summary>How often and how long.</summary>
    public RetryOptions Options { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>
    /// Makes a request that changes nothing when it is made twice, again while it fails transiently.
    /// </summary>
    /// <param name="request">Makes the request; throws what the SDK throws.</param>
    /// <param name="argument">Handed to <paramref name="request"/>, so that it can be static.</param>
    /// <param name="translate">Says what an exception of the SDK means; <see cref="FileSystemException.IsTransient"/> decides about another attempt.</param>
    /// <param name="cancellationToken">Ends the request and the wait.</param>
    /// <param name="bytes">How many the request carries, which it may take its time for.</param>
    /// <exception cref="FileSystemException">The last attempt failed, or one in a way that does not pass.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, whatever the request that was torn down ran into.</exception>
    public async Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, Task<TResult>> request,
        TArgument argument,
        Func<Exception, FileSystemException> translate,
        CancellationToken cancellationToken,
        long bytes = 0)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(translate);
        var attempts = Start();
        while (true)
        {
            try
            {
                using var timeout = new AttemptTimeout(Time, cancellationToken).Start(TimeoutOf(bytes));
                return await request(argument, timeout.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                if (cancellationToken.IsCancellationRequested && e is not FileSystemException)
                    throw TransportErrors.Cancelled(e, cancellationToken);
                var error = e as FileSystemException ?? translate(e);
                if (!error.IsTransient || !attempts.MayGoOn())
                    throw error;
            }
            await attempts.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>How long a request may take that carries so many bytes.</summary>
    internal TimeSpan TimeoutOf(long bytes) => Options.AttemptTimeout + TimeSpan.FromSeconds((double)bytes / Options.SlowestTransfer);

    /// <summary>Starts counting the attempts and the time of one operation.</summary>
    internal RetryAttempts Start() => new(this);

    /// <summary>The wait after the <paramref name="failures"/>th failure, from 1: between nothing and the doubled first delay.</summary>
    internal TimeSpan DelayAfter(int failures)
    {
        var ceiling = Math.Min(Options.LongestDelay.Ticks, Options.FirstDelay.Ticks * Math.Pow(2, Math.Min(failures - 1, 30)));
        lock (_gate)
            return TimeSpan.FromTicks((long)(ceiling * _random.NextDouble()));
    }
}
