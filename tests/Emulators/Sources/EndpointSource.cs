namespace Cairn.Emulators.Sources;

/// <summary>A way to come by an endpoint.</summary>
/// <param name="Kind">What it is called in <c>CAIRN_TEST_SERVERS</c>.</param>
/// <param name="StartAsync">Throws <see cref="EmulatorUnavailableException"/> when this way is not open on this machine.</param>
internal sealed record EndpointSource<TEndpoint>(string Kind, Func<CancellationToken, Task<TEndpoint>> StartAsync)
    where TEndpoint : EmulatorEndpoint;

internal static class EndpointSource
{
    /// <summary>The variable that leaves one kind only: <c>environment</c>, <c>containers</c> or <c>native</c>.</summary>
    public const string OnlyVariable = "CAIRN_TEST_SERVERS";

    private const string Environment = "environment";
    private const string Containers = "containers";
    private const string Native = "native";

    public static IReadOnlyList<EndpointSource<S3Endpoint>> OfS3 { get; } =
    [
        new(Environment, S3FromEnvironment.StartAsync), new(Containers, S3FromContainer.StartAsync), new(Native, S3FromRadosgw.StartAsync),
    ];

    public static IReadOnlyList<EndpointSource<S3Endpoint>> OfStrictS3 { get; } =
    [
        new(Environment, S3FromEnvironment.StartStrictAsync), new(Containers, S3FromContainer.StartStrictAsync), new(Native, S3FromRadosgw.StartStrictAsync),
    ];

    public static IReadOnlyList<EndpointSource<AzureEndpoint>> OfAzure { get; } =
    [
        new(Environment, AzureFromEnvironment.StartAsync), new(Containers, AzureFromContainer.StartAsync), new(Native, AzureFromAzurite.StartAsync),
    ];

    /// <summary>Those that the environment leaves.</summary>
    /// <exception cref="EmulatorStartException">It leaves none.</exception>
    public static IReadOnlyList<EndpointSource<TEndpoint>> Allowed<TEndpoint>(this IReadOnlyList<EndpointSource<TEndpoint>> sources)
        where TEndpoint : EmulatorEndpoint
    {
        if (Variables.Find(OnlyVariable) is not { } only) return sources;
        EndpointSource<TEndpoint>[] allowed = [.. sources.Where(source => source.Kind == only)];
        return allowed.Length > 0 ? allowed : throw new EmulatorStartException($"{OnlyVariable} must be {Environment}, {Containers} or {Native}, and is '{only}'");
    }
}
