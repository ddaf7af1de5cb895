using System.Diagnostics;

namespace Cairn.Emulators.Sources;

/// <summary>Takes the first way that is open. One that is open and fails is an error, not a reason to try the next.</summary>
internal static class FirstAvailable
{
    public static async Task<TEndpoint> StartAsync<TEndpoint>(string kind, IReadOnlyList<EndpointSource<TEndpoint>> sources, CancellationToken cancellationToken)
        where TEndpoint : EmulatorEndpoint
    {
        var refusals = new List<EmulatorUnavailableException>();
        foreach (var source in sources.Allowed())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var clock = Stopwatch.StartNew();
            try
            {
                return Announced(kind, await source.StartAsync(cancellationToken), clock.Elapsed);
            }
            catch (EmulatorUnavailableException refusal)
            {
                refusals.Add(refusal);
            }
        }

        throw Nothing(kind, refusals);
    }

    private static TEndpoint Announced<TEndpoint>(string kind, TEndpoint endpoint, TimeSpan elapsed)
        where TEndpoint : EmulatorEndpoint
    {
        Console.WriteLine($"[emulators] {kind}: {endpoint.Description}, ready in {elapsed.TotalSeconds:F1} s");
        return endpoint;
    }

    private static EmulatorUnavailableException Nothing(string kind, List<EmulatorUnavailableException> refusals) => new(
        $"No {kind} server can be had here: {string.Join("; ", refusals.Select(static refusal => refusal.Reason))}",
        // What this machine can do by itself comes last in the order, and is the easiest.
        string.Join(", or ", refusals.AsEnumerable().Reverse().Select(static refusal => refusal.Remedy)))
    {
        IsBeyondHelp = refusals.Exists(static refusal => refusal.IsBeyondHelp),
    };
}
