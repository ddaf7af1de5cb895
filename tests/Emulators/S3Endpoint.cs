using System.Diagnostics.CodeAnalysis;
using Cairn.Emulators.Servers;
using Cairn.Emulators.Sources;

namespace Cairn.Emulators;

/// <summary>
/// An S3 server to test against. Buckets are addressed path style, are made by the user, and should have fresh names: the server may
/// be a shared one, or a real account named in the environment.
/// </summary>
public sealed class S3Endpoint : EmulatorEndpoint
{
    private static readonly SharedEndpoint<S3Endpoint> AnyProcessWide = Shared(S3ServerKind.Any);
    private static readonly SharedEndpoint<S3Endpoint> StrictProcessWide = Shared(S3ServerKind.Strict);

    internal S3Endpoint(IEmulatorServer server, string description)
        : base(server, description)
    {
    }

    [SetsRequiredMembers]
    private S3Endpoint(S3Endpoint shared)
        : base(new SharedServer(shared.Server), shared.Description)
    {
        ServiceUrl = shared.ServiceUrl;
        AccessKey = shared.AccessKey;
        SecretKey = shared.SecretKey;
        Region = shared.Region;
        Traits = shared.Traits;
        MinPartSize = shared.MinPartSize;
    }

    /// <summary>The address of the service, without a bucket.</summary>
    public required Uri ServiceUrl { get; init; }

    /// <summary>The id of the access key.</summary>
    public required string AccessKey { get; init; }

    /// <summary>The secret of the access key.</summary>
    public required string SecretKey { get; init; }

    /// <summary>The region to sign for.</summary>
    public required string Region { get; init; }

    /// <summary>What this server does, where servers differ.</summary>
    public required S3Traits Traits { get; init; }

    /// <summary>Bytes that every part of an upload but the last needs at least: 5 MiB, and less where the server was started for tests.</summary>
    public int MinPartSize { get; init; } = 5 * 1024 * 1024;

    /// <inheritdoc cref="StartAsync(S3ServerKind, CancellationToken)"/>
    public static Task<S3Endpoint> StartAsync(CancellationToken cancellationToken = default) => StartAsync(S3ServerKind.Any, cancellationToken);

    /// <summary>
    /// Takes the first server that can be had: the one that the environment names (<c>CAIRN_TEST_S3_ENDPOINT</c>), else a private
    /// Ceph radosgw, through Testcontainers where Docker answers and has or gets the image, else as processes of this machine. Says on the
    /// console which one it took. Ready when it returns: mostly in seconds, after three attempts of two minutes each at most, and four
    /// minutes more when a strict one has to be prepared first.
    /// </summary>
    /// <param name="kind">What the server must be like.</param>
    /// <param name="cancellationToken">Ends the start; what was started by then is stopped.</param>
    /// <exception cref="EmulatorUnavailableException">There is none and none can be started.</exception>
    /// <exception cref="EmulatorStartException">There should be one, but it does not work.</exception>
    public static Task<S3Endpoint> StartAsync(S3ServerKind kind, CancellationToken cancellationToken = default) => kind is S3ServerKind.Strict
        ? FirstAvailable.StartAsync("strict S3", EndpointSource.OfStrictS3, cancellationToken)
        : FirstAvailable.StartAsync("S3", EndpointSource.OfS3, cancellationToken);

    /// <inheritdoc cref="GetSharedAsync(S3ServerKind, CancellationToken)"/>
    public static Task<S3Endpoint> GetSharedAsync(CancellationToken cancellationToken = default) => GetSharedAsync(S3ServerKind.Any, cancellationToken);

    /// <summary>
    /// The one server of its kind that all tests of this process share: started by the first call, ended with the process. It cannot be
    /// killed or paused, and disposing it does nothing. When no server could be had, each call throws what the first one did.
    /// </summary>
    /// <param name="kind">What the server must be like.</param>
    /// <param name="cancellationToken">Ends the wait of this caller only.</param>
    /// <inheritdoc cref="StartAsync(S3ServerKind, CancellationToken)" path="/exception"/>
    public static Task<S3Endpoint> GetSharedAsync(S3ServerKind kind, CancellationToken cancellationToken = default) =>
        (kind is S3ServerKind.Strict ? StrictProcessWide : AnyProcessWide).GetAsync(cancellationToken);

    private static SharedEndpoint<S3Endpoint> Shared(S3ServerKind kind) =>
        new(cancellationToken => StartAsync(kind, cancellationToken), static endpoint => new S3Endpoint(endpoint));
}
