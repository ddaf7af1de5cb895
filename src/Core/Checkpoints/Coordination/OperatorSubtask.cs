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
    /// <summary>The only task of an operator.</summary>
    public static implicit operator OperatorSubtask(string name) => new(name);

    /// <summary>The only task of an operator.</summary>
    public static OperatorSubtask FromString(string name) => new(name);

    /// <summary>The operator's id, as Flink derives it from a uid.</summary>
    public OperatorId OperatorId => OperatorId.FromName(Operator);

    /// <inheritdoc/>
    public override string ToString() => Parallelism == 1 ? Operator : $"{Operator} ({Index + 1}/{Parallelism})";

    internal void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(Operator);
        ArgumentOutOfRangeException.ThrowIfLessThan(Parallelism, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(Index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Index, Parallelism);
    }
}
