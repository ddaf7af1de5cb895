namespace Cairn.Bench;

/// <summary>One way to do a thing that is measured; the first of a case is what the others are compared with.</summary>
internal sealed record Contender(string Name, Func<Task> RunAsync)
{
    /// <summary>What is done before each run and not measured.</summary>
    public Func<Task>? PrepareAsync { get; init; }

    /// <summary>Removes what a run left behind, outside of what is measured.</summary>
    public Func<Task> CleanUpAsync { get; init; } = () => Task.CompletedTask;
}

/// <summary>The same thing done by several contenders, <paramref name="Operations"/> times in each run.</summary>
internal sealed record Case(string Name, int Operations, IReadOnlyList<Contender> Contenders)
{
    /// <summary>
    /// Whether time is what all threads of this process had of the processors, not what passed. For work that never waits: what else the
    /// machine does would stretch the long contenders and spare those that fit between two switches.
    /// </summary>
    public bool IsProcessorTime { get; init; }
}

/// <summary>One run of one contender, for each operation.</summary>
internal readonly record struct Sample(double Microseconds, double AllocatedBytes);
