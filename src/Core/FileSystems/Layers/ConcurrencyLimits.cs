namespace Cairn.FileSystems.Layers;

/// <summary>How many files of one file system may be open at once. Follows Flink's <c>LimitedConnectionsFileSystem.ConnectionLimitingSettings</c>.</summary>
public sealed record ConcurrencyLimits
{
    /// <summary>Open for reading and writing together, at least 1; null is no limit.</summary>
    public int? Total { get; init; }

    /// <summary>Open for reading, at least 1; null is no limit of its own.</summary>
    public int? Reading { get; init; }

    /// <summary>Open for writing, at least 1; null is no limit of its own.</summary>
    public int? Writing { get; init; }

    /// <summary>How long an open waits for its turn; zero fails at once, <see cref="Timeout.InfiniteTimeSpan"/> (the default) waits as long as it takes.</summary>
    public TimeSpan WaitTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>Whether anything is limited at all.</summary>
    public bool IsLimited => Total is not null || Reading is not null || Writing is not null;

    /// <summary>Throws for a limit below 1 and a negative time-out.</summary>
    internal static ConcurrencyLimits Checked(ConcurrencyLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        foreach (var limit in (int?[])[limits.Total, limits.Reading, limits.Writing])
            ArgumentOutOfRangeException.ThrowIfLessThan(limit ?? 1, 1, nameof(limits));
        if (limits.WaitTimeout != Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThan(limits.WaitTimeout, TimeSpan.Zero, nameof(limits));
        return limits;
    }

    internal string Describe() => $"total {Text(Total)}, reading {Text(Reading)}, writing {Text(Writing)}";

    private static string Text(int? limit) => limit?.ToString() ?? "unlimited";
}
