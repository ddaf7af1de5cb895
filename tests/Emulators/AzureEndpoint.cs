using Cairn.Emulators.Servers;
using Cairn.Emulators.Sources;

namespace Cairn.Emulators;

/// <summary>
/// An Azure Blob server to test against. Containers are made by the user, and should have fresh names: the server may be a shared one,
/// or a real account named in the environment.
/// </summary>
public sealed class AzureEndpoint : EmulatorEndpoint
{
    private static readonly SharedEndpoint<AzureEndpoint> ProcessWide = new(StartAsync, static endpoint => new AzureEndpoint(endpoint));

    internal AzureEndpoint(IEmulatorServer server, string description, AzureAccount account)
        : base(server, description)
    {
        Account = account;
    }

    private AzureEndpoint(AzureEndpoint shared)
        : this(new SharedServer(shared.Server), shared.Description, shared.Account)
    {
    }

    /// <summary>What Azure's SDK and tools take.</summary>
    public string ConnectionString => Account.ConnectionString;

    /// <summary>The address of the account's blobs, without a container.</summary>
    public Uri BlobEndpoint => Account.BlobEndpoint;

    /// <summary>The account's name.</summary>
    public string AccountName => Account.Name;

    /// <summary>The account's key, in base 64.</summary>
    public string AccountKey => Account.Key;

    internal AzureAccount Account { get; }

    /// <summary>
    /// Takes the first server that can be had: the one that the environment names (<c>CAIRN_TEST_AZURE_CONNECTION_STRING</c>), else a
    /// private Azurite that keeps its data in memory only, through Testcontainers where Docker answers and has or gets the image, else as
    /// a process of this machine. Says on the console which one it took. Ready when it returns: mostly in seconds, after three attempts
    /// of a minute each at most, and four minutes more when Azurite has to be installed first.
    /// </summary>
    /// <param name="cancellationToken">Ends the start; what was started by then is stopped.</param>
    /// <exception cref="EmulatorUnavailableException">There is none and none can be started.</exception>
    /// <exception cref="EmulatorStartException">There should be one, but it does not work.</exception>
    public static Task<AzureEndpoint> StartAsync(CancellationToken cancellationToken = default) =>
        FirstAvailable.StartAsync("Azure", EndpointSource.OfAzure, cancellationToken);

    /// <summary>
    /// The one server that all tests of this process share: started by the first call, ended with the process. It cannot be killed or
    /// paused, and disposing it does nothing. When no server could be had, each call throws what the first one did.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait of this caller only.</param>
    /// <inheritdoc cref="StartAsync" path="/exception"/>
    public static Task<AzureEndpoint> GetSharedAsync(CancellationToken cancellationToken = default) => ProcessWide.GetAsync(cancellationToken);
}
