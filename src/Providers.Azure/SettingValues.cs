using Azure.Core;
using Azure.Identity;
using Azure.Storage;
using Azure.Storage.Blobs.Models;
using Cairn.Hosting;

namespace Cairn.Providers.Azure;

/// <summary>What the values of the configuration mean. Each answers null for a text that is none of the allowed ones.</summary>
internal static class SettingValues
{
    public static int? FromOne(string text) => SettingParsers.Number(text) is >= 1 and var number ? number : null;

    public static int? Size(string text) => SettingParsers.Bytes(text) is { } bytes and >= 1 and <= int.MaxValue ? (int)bytes : null;

    public static TimeSpan? Time(string text) => SettingParsers.Time(text) is { } time && time >= TimeSpan.Zero ? time : null;

    public static TimeSpan? TimeAboveZero(string text) => Time(text) is { } time && time > TimeSpan.Zero ? time : null;

    public static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query.Length == 0 && uri.UserInfo.Length == 0 ? uri : null;

    public static AccessTier? Tier(string text) => text.ToUpperInvariant() switch
    {
        "HOT" => AccessTier.Hot,
        "COOL" => AccessTier.Cool,
        "COLD" => AccessTier.Cold,
        // A tier converts from text, a null one too.
        _ => (AccessTier?)null,
    };

    public static StorageChecksumAlgorithm? Validation(string text) => text.ToUpperInvariant() switch
    {
        "NONE" => StorageChecksumAlgorithm.None,
        "MD5" => StorageChecksumAlgorithm.MD5,
        "CRC64" => StorageChecksumAlgorithm.StorageCrc64,
        _ => null,
    };

    public static TokenCredential? Credential(string kind, string? clientId, string? tenantId) => kind.ToUpperInvariant() switch
    {
        "DEFAULT" => AzureClientFactory.DefaultCredential(clientId, tenantId),
        "MANAGEDIDENTITY" => new ManagedIdentityCredential(clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId)),
        "WORKLOADIDENTITY" => new WorkloadIdentityCredential(WorkloadOptions(clientId, tenantId)),
        "AZURECLI" => new AzureCliCredential(new AzureCliCredentialOptions { TenantId = tenantId }),
        "ENVIRONMENT" => new EnvironmentCredential(),
        _ => null,
    };

    /// <summary>What is not set is left to the environment, which a pod's identity fills.</summary>
    private static WorkloadIdentityCredentialOptions WorkloadOptions(string? clientId, string? tenantId)
    {
        var options = new WorkloadIdentityCredentialOptions();
        options.ClientId = clientId ?? options.ClientId;
        options.TenantId = tenantId ?? options.TenantId;
        return options;
    }
}
