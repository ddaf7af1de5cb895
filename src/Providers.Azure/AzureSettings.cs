using Azure.Storage.Blobs;
using Cairn.FileSystems;
using Cairn.Hosting;
using Microsoft.Extensions.Configuration;

namespace Cairn.Providers.Azure;

/// <summary>
/// What the configuration says: <c>Cairn:FileSystems:abfs</c> for every Azure scheme, more exactly <c>…:Containers:&lt;container&gt;</c>,
/// <c>…:Accounts:&lt;account&gt;</c> and <c>…:Accounts:&lt;account&gt;:Containers:&lt;container&gt;</c>; the most exact that says something wins, key by key, and for
/// credentials as a whole. Behind them Flink's <c>fs.azure.account.key.&lt;account&gt;</c> and <c>AZURE_STORAGE_CONNECTION_STRING</c>. Immutable.
/// </summary>
internal sealed class AzureSettings
{
    public const string Environment = "AZURE_STORAGE_CONNECTION_STRING";

    private const string Section = "Cairn:FileSystems:abfs";

    private static readonly string[] OtherSchemes = ["abfss", "az", "wasb", "wasbs"];
    private static readonly string[] FlinkHosts = ["", ".dfs.core.windows.net", ".blob.core.windows.net"];

    private readonly IConfiguration _configuration;
    private readonly BlobServiceClient? _client;
    private readonly TimeProvider _time;
    private readonly AzureLevel _all;
    private readonly Dictionary<string, AzureLevel> _levels = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads everything that the configuration says of Azure.</summary>
    /// <param name="configuration">The whole configuration.</param>
    /// <param name="client">A client of the caller's, used where nothing else is configured for its account.</param>
    /// <param name="time">The clock of what is made.</param>
    /// <exception cref="FileSystemException">Everything that is wrong, each with its key and what is allowed; secrets are not repeated.</exception>
    public AzureSettings(IConfiguration configuration, BlobServiceClient? client = null, TimeProvider? time = null)
    {
        (_configuration, _client, _time) = (configuration, client, time ?? TimeProvider.System);
        var reader = new SettingsReader(configuration.GetSection(Section));
        reader.Skip("Limits");
        _all = new AzureLevel(reader);
        ReadContainers(reader, "");
        foreach (var (account, section) in reader.Overrides("Accounts"))
        {
            _levels[$"{account}/"] = new AzureLevel(section);
            ReadContainers(section, account);
        }
        foreach (var scheme in OtherSchemes.Where(scheme => configuration.GetSection($"Cairn:FileSystems:{scheme}").GetChildren().Any(child => child.Key != "Limits")))
            reader.Add($"it is the one section for every Azure scheme; what stands under Cairn:FileSystems:{scheme} belongs there.");
        reader.Finish();
    }

    /// <summary>The options of the file system of <paramref name="root"/>.</summary>
    /// <exception cref="FileSystemException">The only credential is another account's.</exception>
    public AzureBlobFileSystemOptions Of(StoragePath root)
    {
        var authority = AzureAuthority.Parse(root);
        var account = authority.Account ?? _levels.GetValueOrDefault($"/{authority.Container}")?.Account ?? _all.Account
            ?? _client?.AccountName ?? ConnectionStringAccount.Of(_configuration[Environment]);
        var levels = new[] { $"{account}/{authority.Container}", $"{account}/", $"/{authority.Container}" }
            .Select(key => _levels.GetValueOrDefault(key)).OfType<AzureLevel>().Append(_all).Distinct().ToArray();
        var own = Array.FindAll(levels, level => level.IsFor(account));
        var secrets = Array.Find(own, level => level.HasCredential);
        var endpoint = Value(own, level => level.Endpoint);
        var client = secrets is null && endpoint is null && IsAccountOf(_client?.AccountName, account) ? _client : null;
        var key = secrets is null && client is null ? FlinkKey(account, authority.Host) : null;
        var connection = secrets is null && client is null && key is null ? AmbientConnectionString(account) : null;
        if ((secrets, client, key, connection) == default && Array.Find(levels, level => level.HasCredential) is { } other)
            throw AnotherAccounts(root, account, other);
        return Read(levels, new()
        {
            Client = client,
            ConnectionString = secrets?.ConnectionString ?? connection,
            AccountName = account,
            AccountKey = secrets?.AccountKey ?? key,
            SasToken = secrets?.SasToken,
            Credential = secrets?.TokenCredential,
            Endpoint = endpoint,
        });
    }

    /// <summary>A mistyped account would otherwise be tried with whatever identity this machine has.</summary>
    private static FileSystemException AnotherAccounts(StoragePath root, string? account, AzureLevel other) => new(
        FileSystemErrorCode.NotSupported, $"The credential under {other.Path} is the account '{other.Account}''s, and '{root}' is on '{account}'; configure {Section}:Accounts:{account}.", root);

    private static bool IsAccountOf(string? known, string? account) => known is not null && (account is null || string.Equals(known, account, StringComparison.OrdinalIgnoreCase));

    private string? FlinkKey(string? account, string? host) => account is null ? null : FlinkHosts
        .Select(suffix => account + suffix).Prepend(host).OfType<string>()
        .Select(name => _configuration[$"fs.azure.account.key.{name}"]).FirstOrDefault(key => !string.IsNullOrWhiteSpace(key))?.Trim();

    private string? AmbientConnectionString(string? account) =>
        _configuration[Environment] is { Length: > 0 } text && (ConnectionStringAccount.Of(text) is not { } named || IsAccountOf(named, account)) ? text : null;

    private void ReadContainers(SettingsReader reader, string account)
    {
        foreach (var (container, section) in reader.Overrides("Containers"))
            _levels[$"{account}/{container}"] = new AzureLevel(section);
    }

    /// <summary><paramref name="access"/>, with everything that is not about where the account is and who one is there.</summary>
    private AzureBlobFileSystemOptions Read(AzureLevel[] levels, AzureBlobFileSystemOptions access) => new()
    {
        Client = access.Client,
        ConnectionString = access.ConnectionString,
        AccountName = access.AccountName,
        AccountKey = access.AccountKey,
        SasToken = access.SasToken,
        Credential = access.Credential,
        Endpoint = access.Endpoint,
        Blocks = access.Blocks with
        {
            PartSize = Value(levels, level => level.BlockSize) ?? access.Blocks.PartSize,
            MaxPartSize = Value(levels, level => level.MaxBlockSize) ?? access.Blocks.MaxPartSize,
            Parallelism = Value(levels, level => level.Parallelism) ?? access.Blocks.Parallelism,
        },
        DeleteParallelism = Value(levels, level => level.DeleteParallelism) ?? access.DeleteParallelism,
        AccessTier = Value(levels, level => level.AccessTier),
        EncryptionScope = Value(levels, level => level.EncryptionScope),
        TransferValidation = Value(levels, level => level.TransferValidation) ?? access.TransferValidation,
        Retry = access.Retry with
        {
            Attempts = Value(levels, level => level.Attempts) ?? access.Retry.Attempts,
            FirstDelay = Value(levels, level => level.FirstDelay) ?? access.Retry.FirstDelay,
            LongestDelay = Value(levels, level => level.LongestDelay) ?? access.Retry.LongestDelay,
            Budget = Value(levels, level => level.Budget) ?? access.Retry.Budget,
            AttemptTimeout = Value(levels, level => level.AttemptTimeout) ?? access.Retry.AttemptTimeout,
            CommitGrace = Value(levels, level => level.CommitGrace) ?? access.Retry.CommitGrace,
        },
        TimeProvider = _time,
    };

    private static T Value<T>(AzureLevel[] levels, Func<AzureLevel, T> value) => levels.Select(value).FirstOrDefault(found => found is not null)!;
}
