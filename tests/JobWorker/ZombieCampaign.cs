using System.Diagnostics;

namespace Cairn.JobWorker;

/// <summary>Many <see cref="ZombieRound"/>s on one store; what it tells is for a report.</summary>
/// <param name="Seed">What every choice follows from; <c>CAIRN_SEED</c> repeats it.</param>
/// <param name="Rounds">All of them, in their order.</param>
/// <param name="Duration">The time that they took.</param>
public sealed record ZombieCampaign(int Seed, IReadOnlyList<ZombieRound> Rounds, TimeSpan Duration)
{
    /// <summary>Runs the rounds one after the other.</summary>
    /// <param name="rounds">How many.</param>
    /// <param name="store">The store's name, for messages.</param>
    /// <param name="settings">The configuration of a round's processes, with a new directory each time.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidOperationException">Something does not hold; the message has the seed and the round.</exception>
    public static async Task<ZombieCampaign> RunAsync(int rounds, string store, Func<string[]> settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var seed = int.TryParse(Environment.GetEnvironmentVariable("CAIRN_SEED"), provider: null, out var given) ? given : Random.Shared.Next();
        var random = new Random(seed);
        var done = new List<ZombieRound>();
        var start = Stopwatch.GetTimestamp();
        for (var i = 1; i <= rounds; i++)
        {
            var round = new ZombieRound(settings(), random);
            try
            {
                await round.RunAsync(cancellationToken);
            }
            catch (InvalidOperationException e)
            {
                throw new InvalidOperationException($"Round {i} on {store} with CAIRN_SEED={seed}: {e.Message}", e);
            }
            done.Add(round);
        }
        return new ZombieCampaign(seed, done, Stopwatch.GetElapsedTime(start));
    }
}
