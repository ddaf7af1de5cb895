using Cairn.FileSystems;
using Cairn.FileSystems.Drivers;
using Microsoft.Extensions.Configuration;

namespace Cairn.Providers.Azure;

/// <summary>
/// What the configuration says about one container: <c>Cairn:FileSystems:abfs</c> for every Azure scheme, more exactly <c>…:Containers:&lt;container&gt;</c>,
/// <c>…:Accounts:&lt;account&gt;</c> and <c>…:Accounts:&lt;account&gt;:Containers:&lt;container&gt;</c>; the most exact that says something wins, key by key, and for
/// credentials as a whole. Behind them Flink's <c>fs.azure.account.key.&lt;account&gt;</c> and <c>AZURE_STORAGE_CONNECTION_STRING</c>.
/// </summary>
internal sealed class AzureSettings
{
    public const string Environment = "AZURE_STORAGE_CONNECTION_STRING";

    private static readonly string[] FlinkHosts = ["", ".dfs.core.windows.net", ".blob.core.windows.net"];

    private readonly IConfiguration _configuration;
    private readonly StoragePath _root;
    private readonly string? _account;
    private readonly SettingsLevel[] _levels;

    private AzureSettings(IConfiguration configuration, StoragePath root)
    {
        var authority = AzureAuthority.Parse(root);
        var all = configuration.GetSection("Cairn:FileSystems:abfs");
        var container = new SettingsLevel(all.GetSection($"Containers:{authority.Container}"));
        var top = new SettingsLevel(all);
        _configuration = configuration;
        _root = root;
        _account = authority.Account ?? container.Account ?? top.Account ?? ConnectionStringAccount.Of(configuration[Environment]);
        _levels = _account is null ? [container, top] :
        [
            new SettingsLevel(all.GetSection($"Accounts:{_account}:Containers:{authority.Container}")),
            new SettingsLevel(all.GetSection($"Accounts:{_account}")),
            container,
            top,
        ];
    }

    /// <summary>The options of the file system of <paramref name="root"/>.</summary>
    /// <exception cref="FileSystemException">A value is none of the allowed ones; the message names the key and never shows a secret.</exception>
    public static AzureBlobFileSystemOptions Read(IConfiguration configuration, StoragePath root) => new AzureSettings(configuration, root).Read();

    private AzureBlobFileSystemOptions Read()
    {
        var secrets = Array.Find(_levels, level => level.HasCredential && level.IsFor(_account));
        var connection = secrets?["ConnectionString"];
        var key = secrets?["AccountKey"] ?? (secrets is null ? FlinkKey() : null);
        if (secrets is null && key is null && (connection = AmbientConnectionString()) is null)
            RefuseAnotherAccountsCredential();
        var defaults = new AzureBlobFileSystemOptions();
        return new AzureBlobFileSystemOptions
        {
            ConnectionString = connection,
            AccountName = _account,
            AccountKey = key,
            SasToken = secrets?["SasToken"],
            Credential = secrets is null ? null : SettingValues.Credential(secrets["Credential"] ?? "Default", secrets["ClientId"], secrets["TenantId"])
                ?? throw secrets.Wrong("Credential", "Default, ManagedIdentity, WorkloadIdentity, AzureCli or Environment"),
            Endpoint = FindEndpoint(),
            Blocks = new PartedWriteOptions
            {
                MaxParts = AzureBlobFileSystemOptions.MaxBlocks,
                PartSize = Find("BlockSize", SettingValues.Size, "a number of bytes, like 8 MiB") ?? defaults.Blocks.PartSize,
                MaxPartSize = Find("MaxBlockSize", SettingValues.Size, "a number of bytes, like 64 MiB") ?? defaults.Blocks.MaxPartSize,
                Parallelism = Find("Parallelism", SettingValues.FromOne, "a whole number from 1") ?? defaults.Blocks.Parallelism,
            },
            DeleteParallelism = Find("DeleteParallelism", SettingValues.FromOne, "a whole number from 1") ?? defaults.DeleteParallelism,
            Retry = defaults.Retry with
            {
                Attempts = Find("Retry:Attempts", SettingValues.FromOne, "a whole number from 1") ?? defaults.Retry.Attempts,
                FirstDelay = Find("Retry:FirstDelay", SettingValues.Time, "a time like 100ms") ?? defaults.Retry.FirstDelay,
                LongestDelay = Find("Retry:LongestDelay", SettingValues.Time, "a time like 5s") ?? defaults.Retry.LongestDelay,
                Budget = Find("Retry:Budget", SettingValues.Time, "a time like 60s") ?? defaults.Retry.Budget,
            },
            NetworkTimeout = Find("NetworkTimeout", SettingValues.TimeAboveZero, "a time like 100s"),
            AccessTier = Find("AccessTier", SettingValues.Tier, "Hot, Cool or Cold"),
            EncryptionScope = _levels.Select(level => level["EncryptionScope"]).FirstOrDefault(text => text is not null),
            TransferValidation = Find("TransferValidation", SettingValues.Validation, "None, MD5 or Crc64") ?? defaults.TransferValidation,
        };
    }

    private T? Find<T>(string name, Func<string, T?> parse, string allowed)
        where T : struct => Array.Find(_levels, level => level[name] is not null) is { } level ? parse(level[name]!) ?? throw level.Wrong(name, allowed) : null;

    private Uri? FindEndpoint() => Array.Find(_levels, level => level["Endpoint"] is not null && level.IsFor(_account)) is { } level
        ? SettingValues.Address(level["Endpoint"]!) ?? throw level.Wrong("Endpoint", "an address like http://127.0.0.1:10000/account, without a query")
        : null;

    private string? FlinkKey()
    {
        var host = AzureAuthority.Parse(_root).Host;
        var names = FlinkHosts.Select(suffix => _account + suffix).Prepend(host ?? "");
        return _account is null ? null : names.Select(name => _configuration[$"fs.azure.account.key.{name}"]).FirstOrDefault(key => !string.IsNullOrWhiteSpace(key));
    }

    private string? AmbientConnectionString() => _configuration[Environment] is { Length: > 0 } text && (ConnectionStringAccount.Of(text) ?? _account) == _account ? text : null;

    /// <summary>A mistyped account would otherwise be tried with whatever identity this machine has.</summary>
    private void RefuseAnotherAccountsCredential()
    {
        if (Array.Find(_levels, level => level.HasCredential) is { } other)
        {
            throw new FileSystemException(
                FileSystemErrorCode.NotSupported, $"The credential under {other.Name} is the account '{other.Account}''s, and '{_root}' is on '{_account}'; configure Cairn:FileSystems:abfs:Accounts:{_account}.", _root);
        }
    }
}
