using Cairn.Checkpoints.State;

namespace Cairn.Checkpoints;

/// <summary>
/// Whose state it is: one of the parallel tasks of an operator. A bare name is the only task of an operator:
/// <c>checkpoint.WriteAsync("counter", …)</c>; one of four is <c>new OperatorSubtask("counter", 2, 4)</c>.
/// </summary>
/// <param name="Operator">The operator's name, stable from run to run: its id follows from it as Flink's does from a uid.</param>
/// <param name="Index">Which of its tasks, from 0.</param>
/// <param name="Parallelism">How many tasks it has, from 1.</param>
public readonly record struct OperatorSubtask(string Operator, int Index = 0, int Parallelism = 1)
{
    private readonly int _maxParallelism;

    /// <summary>
    /// The number of key groups, which every run of an operator with keyed state must have the same, whatever its parallelism; from the parallelism to 32,768.
    /// Unless it is set, Flink's default for the parallelism.
    /// </summary>
    public int MaxParallelism
    {
        get => _maxParallelism == 0 ? KeyGroupRangeAssignment.DefaultMaxParallelism(Parallelism) : _maxParallelism;
        init => _maxParallelism = value;
    }

    /// <summary>The key groups that are this task's.</summary>
    public KeyGroupRange KeyGroups => KeyGroupRangeAssignment.RangeOf(MaxParallelism, Parallelism, Index);

    /// <summary>The only task of an operator.</summary>
    public static implicit operator OperatorSubtask(string name) => new(name);

    /// <summary>The only task of an operator.</summary>
    public static OperatorSubtask FromString(string name) => new(name);

    /// <summary>The operator's id, as Flink derives it from a uid.</summary>
    public OperatorId OperatorId => OperatorId.FromName(Operator);

    /// <summary>Whether both are the same task, whatever was said of the number of key groups.</summary>
    public bool Equals(OperatorSubtask other) => Operator == other.Operator && Index == other.Index && Parallelism == other.Parallelism;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Operator, Index, Parallelism);

    /// <inheritdoc/>
    public override string ToString() => Parallelism == 1 ? Operator : $"{Operator} ({Index + 1}/{Parallelism})";

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Operator);
        ArgumentOutOfRangeException.ThrowIfLessThan(Parallelism, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Parallelism, KeyGroupRangeAssignment.HighestMaxParallelism);
        ArgumentOutOfRangeException.ThrowIfNegative(Index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Index, Parallelism);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxParallelism, Parallelism);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxParallelism, KeyGroupRangeAssignment.HighestMaxParallelism);
    }
}
