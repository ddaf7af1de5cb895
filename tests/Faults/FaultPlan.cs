namespace Cairn.Faults;

/// <summary>
/// Chooses faults by chance, from a seed: the n-th request to arrive gets the same fault each time. Thread safe.
/// </summary>
/// <param name="seed">The same seed chooses the same faults.</param>
/// <param name="rate">The share of requests that something happens to, from 0 to 1.</param>
/// <param name="errors">How the store words its passing errors.</param>
public sealed class FaultPlan(int seed, double rate, IReadOnlyList<ErrorAnswer> errors)
{
    private static readonly FaultKind[] Kinds = [.. Enum.GetValues<FaultKind>().Where(kind => kind != FaultKind.DamageAnswer)];

    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();

    /// <summary>What happens to the next request; null for nothing.</summary>
    public Fault? Next()
    {
        lock (_gate)
        {
            var (chance, kind, at, error) = (_random.NextDouble(), _random.Next(Kinds.Length), _random.NextDouble(), _random.Next(errors.Count));
            return chance < rate ? new Fault(Kinds[kind]) { At = at, Error = errors[error] } : null;
        }
    }
}
