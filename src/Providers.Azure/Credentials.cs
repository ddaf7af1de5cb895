using Azure.Core;
using Azure.Identity;

namespace Cairn.Providers.Azure;

/// <summary>Which of Azure.Identity's credentials proves who one is.</summary>
internal enum CredentialKind
{
    Default,
    ManagedIdentity,
    WorkloadIdentity,
    AzureCli,
    Environment,
}

/// <summary>Makes token credentials. What is not given is left to the environment.</summary>
internal static class Credentials
{
    public static TokenCredential Of(CredentialKind kind, string? clientId, string? tenantId) => kind switch
    {
        CredentialKind.ManagedIdentity => new ManagedIdentityCredential(clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId)),
        CredentialKind.WorkloadIdentity => new WorkloadIdentityCredential(Workload(clientId, tenantId)),
        CredentialKind.AzureCli => new AzureCliCredential(new AzureCliCredentialOptions { TenantId = tenantId }),
        CredentialKind.Environment => new EnvironmentCredential(),
        _ => new DefaultAzureCredential(Default(clientId, tenantId)),
    };

    private static DefaultAzureCredentialOptions Default(string? clientId, string? tenantId)
    {
        var options = new DefaultAzureCredentialOptions();
        options.ManagedIdentityClientId = clientId ?? options.ManagedIdentityClientId;
        options.WorkloadIdentityClientId = clientId ?? options.WorkloadIdentityClientId;
        options.TenantId = tenantId ?? options.TenantId;
        return options;
    }

    private static WorkloadIdentityCredentialOptions Workload(string? clientId, string? tenantId)
    {
        var options = new WorkloadIdentityCredentialOptions();
        options.ClientId = clientId ?? options.ClientId;
        options.TenantId = tenantId ?? options.TenantId;
        return options;
    }
}
