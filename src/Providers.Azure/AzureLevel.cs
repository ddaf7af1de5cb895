using Azure.Core;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using Cairn.Hosting;

namespace Cairn.Providers.Azure;

/// <summary>What one section of the configuration says, and nothing that another one says: for every container, one account, or one container.</summary>
internal sealed class AzureLevel
{
    /// <summary>Reads the section; what is wrong with it is told by <see cref="SettingsReader.Finish"/>.</summary>
    public AzureLevel(SettingsReader reader)
    {
        var retry = reader.Section("Retry").Alone();
        reader = reader.Alone();
        Path = reader.Path;
        AccountName = reader.Text("AccountName");
        ConnectionString = reader.Text("ConnectionString");
        AccountKey = reader.Text("AccountKey");
        SasToken = reader.Text("SasToken");
        ClientId = reader.Text("ClientId");
        TenantId = reader.Text("TenantId");
        Credential = reader.Choice<CredentialKind>("Credential");
        Endpoint = reader.Address("Endpoint");
        BlockSize = (int?)reader.Bytes("BlockSize", 1, int.MaxValue);
        MaxBlockSize = (int?)reader.Bytes("MaxBlockSize", 1, int.MaxValue);
        Parallelism = reader.Number("Parallelism", least: 1);
        DeleteParallelism = reader.Number("DeleteParallelism", least: 1);
        AccessTier = TierOf(reader.Choice<Tier>("AccessTier"));
        EncryptionScope = reader.Text("EncryptionScope");
        TransferValidation = ValidationOf(reader.Choice<Validation>("TransferValidation"));
        Attempts = retry.Number("Attempts", least: 1);
        (FirstDelay, LongestDelay, Budget) = (retry.Time("FirstDelay"), retry.Time("LongestDelay"), retry.Time("Budget"));
        (AttemptTimeout, CommitGrace) = (retry.Time("AttemptTimeout"), retry.Time("CommitGrace"));
        Check(reader);
    }

    private enum Tier
    {
        Hot,
        Cool,
        Cold,
    }

    private enum Validation
    {
        None,
        MD5,
        Crc64,
    }

    public string Path { get; }

    public string? AccountName { get; }

    public string? ConnectionString { get; }

    public string? AccountKey { get; }

    public string? SasToken { get; }

    public string? ClientId { get; }

    public string? TenantId { get; }

    public CredentialKind? Credential { get; }

    public Uri? Endpoint { get; }

    public int? BlockSize { get; }

    public int? MaxBlockSize { get; }

    public int? Parallelism { get; }

    public int? DeleteParallelism { get; }

    public AccessTier? AccessTier { get; }

    public string? EncryptionScope { get; }

    public StorageChecksumAlgorithm? TransferValidation { get; }

    public int? Attempts { get; }

    public TimeSpan? FirstDelay { get; }

    public TimeSpan? LongestDelay { get; }

    public TimeSpan? Budget { get; }

    public TimeSpan? AttemptTimeout { get; }

    public TimeSpan? CommitGrace { get; }

    /// <summary>Whether it says how to prove who one is.</summary>
    public bool HasCredential => (ConnectionString ?? AccountKey ?? SasToken ?? ClientId) is not null || Credential is not null;

    /// <summary>The account that it names, itself or in a connection string; null when it is for every account.</summary>
    public string? Account => AccountName ?? ConnectionStringAccount.Of(ConnectionString);

    /// <summary>Null where a key or a signature is the credential.</summary>
    public TokenCredential? TokenCredential => (ConnectionString ?? AccountKey ?? SasToken) is null
        ? Credentials.Of(Credential ?? CredentialKind.Default, ClientId, TenantId)
        : null;

    /// <summary>Whether what it says of credentials and addresses holds for this account.</summary>
    public bool IsFor(string? account) => Account is null || account is null || string.Equals(Account, account, StringComparison.OrdinalIgnoreCase);

    private void Check(SettingsReader reader)
    {
        if (new[] { ConnectionString, AccountKey, SasToken, Credential is null ? null : "" }.Count(secret => secret is not null) > 1)
            reader.Add("of ConnectionString, AccountKey, SasToken and Credential one is set, not several.");
        if (Endpoint is { Query.Length: > 0 })
            reader.Add("Endpoint has a query; a signature goes into SasToken.");
    }

    private static AccessTier? TierOf(Tier? tier) => tier switch
    {
        Tier.Hot => global::Azure.Storage.Blobs.Models.AccessTier.Hot,
        Tier.Cool => global::Azure.Storage.Blobs.Models.AccessTier.Cool,
        Tier.Cold => global::Azure.Storage.Blobs.Models.AccessTier.Cold,
        // A tier converts from text, a null one too.
        _ => (AccessTier?)null,
    };

    private static StorageChecksumAlgorithm? ValidationOf(Validation? validation) => validation switch
    {
        Validation.None => StorageChecksumAlgorithm.None,
        Validation.MD5 => StorageChecksumAlgorithm.MD5,
        Validation.Crc64 => StorageChecksumAlgorithm.StorageCrc64,
        _ => null,
    };
}
