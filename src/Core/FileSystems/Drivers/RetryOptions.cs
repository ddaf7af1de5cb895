namespace Cairn.FileSystems.Drivers;

/// <summary>How a driver repeats requests that failed in a way that may pass. Immutable.</summary>
public sealed record RetryOptions
{
    /// <summary>How often a request is made at most, the first time included; at least 1. 6 by default.</summary>
    public int Attempts { get; init; } = 6;

    /// <summary>The longest wait before the second attempt; it doubles with each further one. 100 ms by default.</summary>
    public TimeSpan FirstDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two attempts. 5 s by default.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one operation may go on before its next failure is final. 60 s by default.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long one attempt waits for its answer before it is given up and counts as failed; a request that carries bytes may take a second more for
    /// each <see cref="SlowestTransfer"/>. Also how long a body may stand still while it is read. 30 s by default.
    /// </summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes a second that a connection carries at least, or it is given up; at least 1. 1 MiB by default.</summary>
    public int SlowestTransfer { get; init; } = 1024 * 1024;

    /// <summary>
    /// How long a commit that was cancelled after its request was sent still waits for the answer, and then again for a look-up. 5 s by default.
    /// </summary>
    public TimeSpan CommitGrace { get; init; } = TimeSpan.FromSeconds(5);
}
